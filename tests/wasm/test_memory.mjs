// What an engine has room for, what it refuses, and that many runs need no more memory than a few.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createEngine } from "../../wasm/dist/index.node.mjs";
import { confounder } from "./helpers.mjs";

const regression = `
import numpyro
import numpyro.distributions as dist

def model(X, y=None):
    b = numpyro.sample("b", dist.Normal(0, 1).expand([X.shape[1]]).to_event(1))
    s = numpyro.sample("s", dist.HalfNormal(1))
    with numpyro.plate("rows", X.shape[0]):
        numpyro.sample("y", dist.Normal(X @ b, s), obs=y)
`;
const inputs = Array.from({ length: 11 }, (_, j) => `x${j + 1}`);
const cheap = { method: "svi", steps: 3, draws: 5, seed: 1 };
const megabyte = 1e6;

/// Numbers of about normal size that do not compress.
function noise(size, seed) {
  const values = new Float64Array(size);
  let state = seed;
  for (let i = 0; i < size; ++i) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    values[i] = state / 2 ** 31 - 1;
  }
  return values;
}

/// 1.5 million rows of 12 columns: 1,000 rows, again and again.
function largeTable() {
  const rows = [];
  const values = noise(12000, 1);
  for (let i = 0; i < 1000; ++i)
    rows.push(Array.from(values.subarray(12 * i, 12 * i + 12), (x) => (x + 2).toFixed(15)));
  const block = Buffer.from(rows.map((row) => `${row.join(",")}\n`).join(""));
  const header = Buffer.from(`${["y", ...inputs].join(",")}\n`);
  const bytes = new Uint8Array(header.length + 1500 * block.length);
  bytes.set(header);
  for (let i = 0; i < 1500; ++i) bytes.set(block, header.length + i * block.length);
  return bytes;
}

async function fitAndLook(build, data) {
  const engine = await createEngine({ build, threads: 2 });
  try {
    const model = await engine.model(regression);
    const fit = await model.fit({ data, bind: { X: inputs, y: "y" }, ...cheap });
    assert.ok(Number.isFinite(fit.report.diagnostics.final_loss));
    return await engine.memory();
  } finally {
    engine.dispose();
  }
}

test("a CSV file of 300 MB is fitted", async () => {
  const bytes = largeTable();
  assert.ok(bytes.length > 300 * megabyte, `${bytes.length}`);
  const memory = await fitAndLook("threads", { file: "large.csv", bytes });
  assert.ok(memory.heap_bytes < 800 * megabyte, JSON.stringify(memory));
});

test("typed arrays of 300 MB are fitted", async () => {
  const rows = 3_200_000;
  const data = Object.fromEntries(["y", ...inputs].map((name, j) => [name, noise(rows, j + 1)]));
  const memory = await fitAndLook("single", data);
  assert.ok(memory.heap_bytes < 1600 * megabyte, JSON.stringify(memory));
});

test("data of 3 GB are refused before anything is allocated", async () => {
  const engine = await createEngine({ threads: 2 });
  const model = await engine.model(regression);
  const before = (await engine.memory()).heap_bytes;
  const large = [
    { X: { data: new Float64Array(375e6), shape: [37.5e6, 10] } },
    { X: { data: new Float32Array(375e6), shape: [37.5e6, 10] } },
    { file: "large.csv", bytes: new Uint8Array(3e9) },
  ];
  const resident = process.memoryUsage.rss();
  for (const data of large) {
    await assert.rejects(model.fit({ data, ...cheap }), {
      code: "E907",
      message: "the data need 3000 MB, and an engine takes 1074 MB",
      hint: "use fewer rows, or the command line",
    });
  }
  await assert.rejects(engine.open(new ArrayBuffer(3e9)), { code: "E907" });
  assert.ok(process.memoryUsage.rss() - resident < 100 * megabyte);
  assert.equal((await engine.memory()).heap_bytes, before);
  engine.dispose();
});

for (const build of ["threads", "single"]) {
  test(`one hundred fits need no more memory than twenty, ${build}`, async () => {
    const { source, data, options } = await confounder();
    const engine = await createEngine({ build, threads: 2 });
    const model = await engine.model(source);
    let heap;
    for (let i = 1; i <= 100; ++i) {
      const fit = await model.fit({ data, ...options, steps: 20, draws: 100, seed: i });
      await fit.effect({ data, intervention: { z: 0 } });
      assert.equal((await engine.memory()).stores, 1, "the fit alone");
      fit.dispose();
      if (i === 20) heap = (await engine.memory()).heap_bytes;
    }
    assert.deepEqual(await engine.memory(), { heap_bytes: heap, stores: 0, store_bytes: 0, file_bytes: 0 });
    engine.dispose();
  });
}
