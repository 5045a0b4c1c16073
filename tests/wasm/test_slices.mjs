// Fits that look up from their work: progress, stop and abort without shared memory; checkpoints and resume.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createEngine } from "../../wasm/dist/index.node.mjs";
import { confounder, normal, normalData } from "./helpers.mjs";

const endless = { data: normalData, steps: 100_000_000, draws: 50 };

for (const build of ["threads", "single"]) {
  describe(build, () => {
    let engine, model;
    before(async () => {
      engine = await createEngine({ build, threads: 2 });
      model = await engine.model(normal);
    });
    after(() => engine.dispose());

    test("a stopped run keeps what it has", async () => {
      const run = model.fit({ ...endless, onProgress: () => run.stop() });
      const fit = await run;
      assert.equal(fit.complete, false);
      assert.ok(fit.report.diagnostics.steps > 10);
      assert.equal((await fit.draws("mu")).data.length, 50);
    });

    test("an abort loses nothing that the engine holds", async () => {
      const kept = await model.fit({ ...endless, steps: 200 });
      const controller = new AbortController();
      const long = model.fit({ ...endless, signal: controller.signal, onProgress: () => controller.abort() });
      await assert.rejects(long, { name: "AbortError" });
      assert.equal((await kept.draws("mu")).data.length, 50);
    });

    test("progress tells the loss curve", async () => {
      const reports = [];
      const onProgress = (report) => reports.push(report) > 4 && run.stop();
      const run = model.fit({ ...endless, steps: 1_000_000, onProgress });
      await run;
      const told = reports.flatMap(({ losses }) => losses);
      assert.ok(told.length >= 2, `${told.length}`);
      // One loss in 976 steps; a slow reader misses some.
      told.forEach(({ step, loss }, i) => {
        assert.equal(step % Math.floor(1_000_000 / 1024), 0);
        assert.ok(step > (told[i - 1]?.step ?? 0));
        assert.ok(Number.isFinite(loss));
      });
      assert.deepEqual(reports.at(-1).chains, []);
    });

    test("progress tells the chains", async () => {
      const reports = [];
      const options = { data: normalData, method: "nuts", chains: 2, warmup: 20_000, draws: 2_000_000 };
      const onProgress = (report) => reports.push(report) > 4 && run.stop();
      const run = model.fit({ ...options, onProgress });
      await run.catch((error) => assert.equal(error.code, "E1201")); // of warm-up there is nothing to keep
      const { chains, losses } = reports.at(-1);
      assert.equal(chains.length, 2);
      assert.deepEqual(losses, []);
      const { total, warmup, step_size, divergences, iteration } = chains[0];
      assert.deepEqual([total, warmup, divergences], [2_020_000, 20_000, 0]);
      assert.ok(iteration > 0 && step_size > 0);
    });

    for (const method of ["svi", "nuts"]) {
      test(`${method} goes on from a checkpoint, bit for bit`, async () => {
        const { source, data, options } = await confounder();
        const own = method === "svi" ? { steps: 20_000 } : { chains: 2, warmup: 500, draws: 1000 };
        const settings = { data, condition: options.condition, init: "feasible", seed: 3, method, ...own };
        const larger = await engine.model(source);
        const checkpoints = [];
        const onCheckpoint = (bytes) => checkpoints.push(bytes);
        const whole = await larger.fit({ ...settings, onCheckpoint, checkpointSeconds: 0.02 });
        assert.ok(checkpoints.length > 0);
        const resume = checkpoints[Math.floor(checkpoints.length / 2)];
        const resumed = await larger.fit({ ...settings, resume });
        assert.deepEqual((await resumed.draws("beta_zy")).data, (await whole.draws("beta_zy")).data);
        await assert.rejects(larger.fit({ ...settings, seed: 4, resume }), { code: "E1009" });
      });
    }
  });
}
