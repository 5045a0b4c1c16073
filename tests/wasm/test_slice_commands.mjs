// The module's own commands for fits by slices: what the worker builds stop, checkpoints and resume on.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import path from "node:path";
import test from "node:test";
import { read as readAsset, root, text } from "./helpers.mjs";

const dist = path.join(root, "wasm/dist");

/// The build without threads, and a call of its commands that returns errors as answers.
async function start() {
  const create = createRequire(import.meta.url)(path.join(dist, "dolab-single.js"));
  const module = await create({
    wasmBinary: await readAsset("wasm/dist/dolab-single.wasm"),
    onDolabProgress: () => {},
  });
  const call = (command, request) => JSON.parse(module.call(command, JSON.stringify(request)));
  assert.equal(call("start", { threads: 1 }).report.threads, 1);
  const draws = (store) => {
    const { address, size } = call("draws", { store, site: "mu" }).report;
    return Array.from(new Float64Array(module.HEAPU8.buffer, address, size));
  };
  const read = (path) => module.FS.readFile(path);
  return { call, draws, read, write: (path, bytes) => module.FS.writeFile(path, bytes) };
}

const folder = "examples/eight-schools";
const source = await text(`${folder}/model.py`);
const train = JSON.parse(await text(`${folder}/schools.json`));
const document = (inference, seed = 3) => ({ dolab: 1, model: { source }, data: { train }, inference, seed });
const nuts = { method: "nuts", warmup: 500, draws: 500 };
const svi = { method: "svi", steps: 20000, draws: 200 };

test("slices, and checkpoints of another engine, give the draws of one piece", async () => {
  const first = await start();
  const second = await start();
  for (const inference of [nuts, svi]) {
    first.call("fit", { document: document(inference), out: "/whole.zip" });
    const whole = first.draws("/whole.zip");
    let answer = first.call("fit", { document: document(inference), out: "/parts.zip", slice_seconds: 0.005 });
    assert.deepEqual(answer, { unfinished: true });
    const { report } = first.call("checkpoint", { out: "/checkpoint.zip" });
    assert.ok(report.bytes > 1000);
    while (answer.unfinished) answer = first.call("continue", { slice_seconds: 0.005 });
    assert.equal(answer.complete, true);
    assert.deepEqual(first.draws("/parts.zip"), whole);
    const bytes = first.read("/checkpoint.zip");
    assert.equal(bytes.length, report.bytes);
    second.write("/checkpoint.zip", bytes);
    second.call("fit", { document: document(inference), out: "/resumed.zip", resume: "/checkpoint.zip" });
    assert.deepEqual(second.draws("/resumed.zip"), whole);
    const other = second.call("fit", { document: document(inference, 4), out: "/no.zip", resume: "/checkpoint.zip" });
    assert.equal(other.error.code, "E1009");
    assert.match(other.error.message, /seed is 3 in the checkpoint and 4 here/);
  }
});

test("a fit that is finished early keeps what there is, one that is abandoned nothing", async () => {
  const { call, draws } = await start();
  const endless = document({ ...svi, steps: 1e9 });
  assert.ok(call("fit", { document: endless, out: "/early.zip", slice_seconds: 0.05 }).unfinished);
  const early = call("finish_early", {});
  assert.equal(early.complete, false);
  assert.ok(early.report.diagnostics.steps > 0);
  assert.equal(draws("/early.zip").length, 200);
  for (const command of ["continue", "finish_early", "checkpoint"]) {
    assert.equal(call(command, { out: "/none.zip" }).error.code, "E1999");
  }
  assert.ok(call("fit", { document: endless, out: "/gone.zip", slice_seconds: 0.05 }).unfinished);
  assert.equal(call("abandon", {}).complete, true);
  assert.equal(call("continue", {}).error.code, "E1999");
});
