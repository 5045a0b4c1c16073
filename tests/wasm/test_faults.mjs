// What goes wrong with a worker is an error of the catalogue, and the next call has another worker. The worker provokes
// faults if its address asks for them; only the first worker of a test does.
import assert from "node:assert/strict";
import { syncBuiltinESMExports } from "node:module";
import { test } from "node:test";
import workers from "node:worker_threads";
import { createEngine } from "../../wasm/dist/index.node.mjs";
import { normal, normalData } from "./helpers.mjs";

const { Worker } = workers;

function setWorker(made) {
  workers.Worker = made;
  syncBuiltinESMExports();
}

async function faulty(fault, options) {
  setWorker(
    class extends Worker {
      constructor(file) {
        super(file, { argv: [`?fault=${fault}`] });
        setWorker(Worker);
      }
    },
  );
  return createEngine(options);
}

const quick = { data: normalData, steps: 200, draws: 20 };

for (const build of ["threads", "single"]) {
  for (const [fault, message] of [
    ["trap", /unreachable/],
    ["lost", /ended with code 1/],
  ]) {
    test(`${build}: ${fault}`, async () => {
      const engine = await faulty(fault, { build, threads: 2 });
      const model = await engine.model(normal);
      const prior = await model.prior({ draws: 10 });
      const failed = model.fit(quick);
      const stored = prior.store(); // asked in time, but its turn comes later
      await assert.rejects(failed, { code: "E1202", message, hint: /next call/ });
      await assert.rejects(prior.draws("mu"), { code: "E1001", hint: /store\(\)/ });
      await assert.rejects(stored, { code: "E1001", hint: /store\(\)/ });
      const fit = await model.fit(quick);
      assert.equal((await fit.draws("mu")).data.length, 20);
      engine.dispose();
    });
  }
}

test("out of memory: the engine goes on, with what it has", async () => {
  const engine = await faulty("oom", { build: "single" });
  const model = await engine.model(normal);
  const prior = await model.prior({ draws: 10 });
  await assert.rejects(model.fit(quick), { code: "E907" });
  assert.equal((await prior.draws("mu")).data.length, 10);
  engine.dispose();
});

test("a worker that hangs: abort rejects at once, and the next call has another", async () => {
  const engine = await faulty("hang", { threads: 2 });
  const model = await engine.model(normal);
  const controller = new AbortController();
  const started = performance.now();
  setTimeout(() => controller.abort(), 200);
  await assert.rejects(model.fit({ ...quick, signal: controller.signal }), { name: "AbortError" });
  assert.ok(performance.now() - started < 2500);
  assert.equal((await model.fit(quick)).complete, true);
  engine.dispose();
});

test("a worker that does not start", async () => {
  await assert.rejects(faulty("start", { startSeconds: 0.2 }), { code: "E1202", message: /within 0\.2 s/ });
  const engine = await createEngine({ threads: 1 });
  engine.dispose();
});

test("disposed: what runs, what waits and what comes later", async () => {
  const engine = await createEngine({ threads: 2 });
  const model = await engine.model(normal);
  const running = model.fit({ ...quick, steps: 100_000_000 });
  const waiting = engine.model(normal);
  setTimeout(() => engine.dispose(), 100);
  for (const call of [running, waiting]) await assert.rejects(call, { code: "E1202", message: /disposed/ });
  await assert.rejects(engine.model(normal), { code: "E1202" });
});
