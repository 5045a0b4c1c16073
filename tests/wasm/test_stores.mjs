// One store, two doors: what the command line writes the package opens, and the other way round.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { unzipSync } from "fflate";
import { createEngine } from "../../wasm/dist/index.node.mjs";
import { confounder, root } from "./helpers.mjs";

const program = process.env.DOLAB ?? path.join(root, "build/bin/dolab");
const folder = mkdtempSync(path.join(tmpdir(), "dolab-"));
const dolab = (...args) => JSON.parse(execFileSync(program, [...args, "--json"], { cwd: root }).toString());
const example = (name) => path.join(root, "examples/confounder", name);
const fitted = [
  example("model.py"),
  "--data",
  example("train.csv"),
  "--bind",
  "X=[x]",
  "--bind",
  "C=c",
  "--bind",
  "y=y",
  "--condition",
  "z=@z",
  "--init",
  "feasible",
  "--steps",
  "1000",
  "--seed",
  "5",
  "--reproducible",
];

let engine;
before(async () => (engine = await createEngine({ threads: 2 })));
after(() => {
  engine.dispose();
  rmSync(folder, { recursive: true });
});

test("a fit of the command line is opened, predicts, and has the same effect", async () => {
  const file = path.join(folder, "fit.zarr.zip");
  dolab("fit", ...fitted, "--out", file);
  const fit = await engine.open(readFileSync(file));
  const expected = dolab("effect", file, "--baseline", "z=@z", "--intervention", "z=0");
  const found = await fit.effect({
    baseline: { z: { column: "z" } },
    intervention: { z: 0 },
  });
  assert.deepEqual(found.effects, expected.effects);
  assert.deepEqual((await fit.summary()).sites, dolab("summary", file).sites);
  const prediction = await fit.predict({ do: { z: 0 } });
  assert.equal((await prediction.draws("y")).data.length, 1000 * 1000);
});

test("a fit of the package is opened by the command line, bit for bit its own reproducible one", async () => {
  const { source, data, options } = await confounder();
  const model = await engine.model(source);
  const fit = await model.fit({
    data,
    ...options,
    steps: 1000,
    seed: 5,
    reproducible: true,
  });
  const file = path.join(folder, "package.zarr.zip");
  const bytes = await fit.store();
  assert.ok(
    Buffer.from(bytes).includes('"gzip"') && !Buffer.from(bytes).includes('"zstd"'),
    "chunks are compressed by gzip",
  );
  writeFileSync(file, bytes);
  const own = path.join(folder, "own.zarr.zip");
  const report = dolab("fit", ...fitted, "--out", own);
  assert.equal(fit.report.diagnostics.final_loss, report.diagnostics.final_loss);
  assert.deepEqual(dolab("summary", file).sites, dolab("summary", own).sites);
  const opened = await engine.open(readFileSync(own));
  for (const site of ["beta_zy", "beta_cz"]) {
    assert.deepEqual((await opened.draws(site)).data, (await fit.draws(site)).data);
  }
});

/// The parts of a .zarr.zip, by name; their order in it does not matter.
function parts(bytes) {
  const found = unzipSync(new Uint8Array(bytes));
  const root = JSON.parse(Buffer.from(found["zarr.json"]).toString());
  const { created, seconds, ...attributes } = root.attributes;
  delete found["zarr.json"];
  return {
    arrays: found,
    attributes,
    nodes: root.consolidated_metadata.metadata,
    seconds: Object.keys(seconds),
  };
}
/// What differs between doors and never between results: how chunks are compressed.
const withoutCodecs = (node) => JSON.parse(JSON.stringify(node, (key, value) => (key === "codecs" ? null : value)));

test("a fit saved with an experiment is what its run writes, here and on the command line", async () => {
  const table = readFileSync(example("train.csv"));
  const experiment = {
    dolab: 1,
    title: "Asked",
    model: {
      source: readFileSync(example("model.py")).toString(),
      condition: { z: { column: "z" } },
    },
    data: { train: "train.csv", bind: { X: ["x"], C: "c", y: "y" } },
    inference: { method: "svi", steps: 300, draws: 60, init: "feasible" },
    scenarios: { actual: { z: { column: "z" } }, none: { z: 0 } },
    effects: [
      { outcome: "y", baseline: "actual", intervention: "none" },
      {
        outcome: "y",
        baseline: "none",
        intervention: "actual",
        by: "c",
        expected: true,
      },
    ],
    hdi_prob: 0.8,
    reproducible: true,
    seed: 5,
  };
  const files = { "train.csv": table };
  const whole = await engine.run(experiment, { files });
  const expected = parts(await whole.store());
  const { scenarios, effects, title, hdi_prob, ...asksNothing } = experiment;
  const { fit } = await engine.run(asksNothing, { files });
  assert.ok(!("effects" in parts(await fit.store()).nodes));
  const data = { file: "train.csv", bytes: table };
  const saved = parts(await fit.store({ experiment }));
  assert.deepEqual(saved, expected);
  assert.equal(JSON.stringify(saved.attributes), JSON.stringify(expected.attributes));
  assert.deepEqual(parts(await fit.store({ experiment, data })), expected);
  // Asked again of a store that has effects already.
  const again = await engine.open(await whole.store());
  const other = { ...experiment, title: "Again", effects: effects.slice(0, 1) };
  const replaced = parts(await again.store({ experiment: other }));
  assert.deepEqual(replaced.nodes["effects/ate"].shape, [1, 1, 60]);
  assert.deepEqual(replaced.attributes.experiment, other);

  for (const [name, bytes] of Object.entries({
    "asked.dolab.json": JSON.stringify(experiment),
    ...files,
  })) {
    writeFileSync(path.join(folder, name), bytes);
  }
  const out = path.join(folder, "asked.zarr.zip");
  const report = dolab("run", path.join(folder, "asked.dolab.json"), "--out", out);
  assert.deepEqual(whole.effects, report.effects);
  const own = parts(readFileSync(out));
  assert.deepEqual(Object.keys(saved.arrays).sort(), Object.keys(own.arrays).sort());
  assert.deepEqual(withoutCodecs(saved.nodes), withoutCodecs(own.nodes));
  assert.deepEqual([saved.attributes, saved.seconds], [own.attributes, own.seconds]);
});

test("what is saved keeps a seed that JavaScript has no number for; a cancelled or wrong question saves nothing", async () => {
  const [model, file] = [path.join(folder, "seed.py"), path.join(folder, "seed.zarr.zip")];
  writeFileSync(
    model,
    'import numpyro\nimport numpyro.distributions as dist\ndef model():\n  m = numpyro.sample("m", dist.Normal(0, 1))\n' +
      '  numpyro.sample("y", dist.Normal(m, 1), obs=1.0)\n  numpyro.sample("w", dist.Normal(m, 1))\n',
  );
  const seed = "9007199254740993";
  dolab("fit", model, "--steps", "100", "--draws", "20", "--seed", seed, "--out", file);
  const fit = await engine.open(readFileSync(file));
  const experiment = {
    dolab: 1,
    scenarios: { up: { m: 1 } },
    effects: [{ outcome: "w", intervention: "up" }],
  };
  const saved = Buffer.from(await fit.store({ experiment }));
  assert.equal(saved.toString("latin1").split(`"seed": ${seed}`).length, 3, "the root's, and the experiment's");
  assert.ok("effects" in parts(saved).nodes);
  const { stores } = await engine.memory();
  const wrong = {
    ...experiment,
    effects: [{ outcome: "w", intervention: "down" }],
  };
  await assert.rejects(fit.store({ experiment: wrong }), { code: "E1103" });
  await assert.rejects(fit.store({ experiment, signal: AbortSignal.abort() }), {
    name: "AbortError",
  });
  assert.equal((await engine.memory()).stores, stores);
});

test("a store gives back its experiment and its data, under the names that the table had", async () => {
  // Columns have the names of other arguments.
  const source = `
import numpyro
import numpyro.distributions as dist

def model(x, w, T=None, y=None):
    b = numpyro.sample("b", dist.Normal(0, 1).expand([2]).to_event(1))
    with numpyro.plate("rows", x.shape[0]):
        t = numpyro.sample("t", dist.Normal(w, 1), obs=T)
        numpyro.sample("out", dist.Normal(x @ b + t, 1), obs=y)
`;
  const rows = [
    [0.1, 1, -0.5, true],
    [2, 3, 0.25, false],
    [-1.5, 2, 1e-3, true],
  ];
  const table = `w,my level,x,outcome,unused\n${rows.map((row) => `${row.join(",")},9\n`).join("")}`;
  const [model, data] = [path.join(folder, "clash.py"), path.join(folder, "clash.csv")];
  writeFileSync(model, source);
  writeFileSync(data, table);
  const bind = ["x=w,my level", "w=x", "T=w", "y=outcome"].flatMap((one) => ["--bind", one]);
  const file = path.join(folder, "clash.zarr.zip");
  dolab("fit", model, "--data", data, ...bind, "--steps", "200", "--out", file);
  const fit = await engine.open(readFileSync(file));
  assert.equal(fit.report.experiment.model.source, source);
  assert.equal(fit.report.experiment.model.file, undefined);
  const { file: name, bytes } = await fit.data();
  assert.equal(name, "clash.csv");
  assert.equal(bytes, `my level,outcome,w,x\n${rows.map(([w, c, x, y]) => `${c}.0,${y},${w},${x}\n`).join("")}`);
  // The same answer as with the table, for the effect too.
  const request = {
    baseline: { t: { column: "x" } },
    intervention: { t: 0, "x.w": { shift: 1 } },
  };
  const own = await fit.effect(request);
  assert.deepEqual(own, await fit.effect({ ...request, data: { file: "clash.csv", bytes: table } }));
  const sides = ["--baseline", "t=@x", "--intervention", "t=0", "--intervention", "x.w+=1"];
  assert.deepEqual(dolab("effect", file, ...sides).effects, dolab("effect", file, "--data", data, ...sides).effects);
});

test("data that are no table come back as arguments", async () => {
  const model = await engine.model(
    'import numpyro\nimport numpyro.distributions as dist\ndef model(J, sigma, y=None):\n  with numpyro.plate("J", J):\n    t = numpyro.sample("t", dist.Normal(0, 5))\n' +
      '    numpyro.sample("obs", dist.Normal(t, sigma), obs=y)\n',
  );
  const given = { J: 2, sigma: [1, 2], y: [28.5, 8] };
  const fit = await model.fit({ data: given, steps: 100 });
  const { file, bytes } = await fit.data();
  assert.deepEqual([file, JSON.parse(bytes)], ["data.json", given]);
  const none = await engine.model(
    'import numpyro\nimport numpyro.distributions as dist\ndef model():\n  m = numpyro.sample("m", dist.Normal(0, 1))\n' +
      '  numpyro.sample("y", dist.Normal(m, 1), obs=1.0)\n',
  );
  assert.equal(await (await none.fit({ steps: 100 })).data(), null);
});

test("losses of SVI: the reproducible program's bits over 1,000 steps, the default one's to 1e-9 over 100", async () => {
  const { source, data, options } = await confounder();
  const fit = await (await engine.model(source)).fit({ data, ...options, steps: 1000, seed: 5 });
  const own = (await fit.draws("losses")).data;
  const lossesOf = async (name, args) => {
    const file = path.join(folder, `${name}.zarr.zip`);
    dolab("fit", ...args, "--out", file);
    return (await (await engine.open(readFileSync(file))).draws("losses")).data;
  };
  assert.equal(own.length, 1000);
  assert.deepEqual(await lossesOf("strict", fitted), own);
  const fast = await lossesOf(
    "fast",
    fitted.filter((argument) => argument !== "--reproducible"),
  );
  for (let step = 0; step < 100; step += 1) {
    assert.ok(Math.abs(fast[step] / own[step] - 1) <= 1e-9, `step ${step}: ${fast[step]}, not ${own[step]}`);
  }
});

test("the same draws for 1, 2 and 4 threads, by SVI and by NUTS", async () => {
  const { source, data, options } = await confounder();
  for (const method of [
    { method: "svi", steps: 500 },
    { method: "nuts", chains: 4, warmup: 100, draws: 50 },
  ]) {
    const found = [];
    for (const threads of [1, 2, 4]) {
      const other = await createEngine({ threads });
      const fit = await (await other.model(source)).fit({ data, ...options, ...method });
      found.push((await fit.draws("beta_zy")).data);
      other.dispose();
    }
    assert.deepEqual(found[1], found[0]);
    assert.deepEqual(found[2], found[0]);
  }
});

test("a compressed table is read, and a damaged one refused", async () => {
  const { source, options } = await confounder();
  const model = await engine.model(source);
  const bind = { X: ["x"], C: "c", y: "y" };
  const plain = readFileSync(example("train.csv"));
  const losses = [];
  for (const [file, bytes] of [
    ["train.csv", plain],
    ["train.csv.gz", gzipSync(plain)],
  ]) {
    const fit = await model.fit({
      data: { file, bytes },
      bind,
      ...options,
      steps: 50,
    });
    losses.push(fit.report.diagnostics.final_loss);
  }
  assert.equal(losses[0], losses[1]);
  const cut = gzipSync(plain).subarray(0, 1000);
  await assert.rejects(model.check({ data: { file: "train.csv.gz", bytes: cut }, bind }), { code: "E1001" });
});
