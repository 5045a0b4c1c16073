// The package's interface in Node: models, fits, predictions, effects, errors, cancelling, stores.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { DolabError, createEngine } from "../../wasm/dist/index.node.mjs";
import { confounder, normal, normalData, table, text } from "./helpers.mjs";

const { y } = normalData;

for (const build of ["threads", "single"]) {
  describe(build, () => {
    let engine;
    before(async () => (engine = await createEngine({ build, threads: 2 })));
    after(() => engine.dispose());

    test("the engine says what it is", () => {
      assert.equal(engine.info.build, build);
      assert.equal(engine.info.threads, build === "threads" ? 2 : 1);
      assert.match(engine.info.version, /^\d+\.\d+\.\d+$/);
    });

    test("a fit of typed arrays has the effect of the experiment file", async () => {
      const { source, data, options } = await confounder();
      const model = await engine.model(source);
      assert.equal(model.kernel, "model");
      const fit = await model.fit({ data, ...options });
      const factual = await fit.predict({ data, do: { z: { column: "z" } } });
      const without = await fit.predict({ data, do: { z: 0 } });
      const effect = await fit.effect({ outcome: "y", baseline: factual, intervention: without });
      assert.ok(Math.abs(effect.ate.mean - -0.0003) < 0.003, `${effect.ate.mean}`);
      assert.ok(Math.abs(effect.ate.sd - 0.0047) < 0.002, `${effect.ate.sd}`);
      assert.deepEqual(await fit.effect({ data, baseline: { z: { column: "z" } }, intervention: { z: 0 } }), effect);
      const drawn = await without.draws("y");
      assert.equal(
        drawn.data.length,
        drawn.shape.reduce((a, b) => a * b),
      );
      assert.equal(drawn.shape.at(-1), data.y.length);
    });

    test("draws, summary and store agree, and the store gives the fit back", async () => {
      const model = await engine.model(normal);
      const fit = await model.fit({ data: { y }, method: "nuts", chains: 2, warmup: 300, draws: 500, seed: 7 });
      const { data, shape, dims } = await fit.draws("mu");
      assert.deepEqual(
        [shape, dims],
        [
          [2, 500],
          ["chain", "draw"],
        ],
      );
      const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
      const { sites } = await fit.summary();
      assert.ok(Math.abs(sites.mu.mean - mean) < 1e-12);
      // Conjugate: precision 4 + 0.01, mean 10.5 / 4.01.
      assert.ok(Math.abs(mean - 10.5 / 4.01) < 0.06, `${mean}`);
      const again = await engine.open(await fit.store());
      assert.deepEqual((await again.draws("mu")).data, data);
      assert.deepEqual((await again.summary()).sites, sites);
    });

    test("check reports sites, densities and the gradient", async () => {
      const model = await engine.model(normal);
      const report = await model.check({ data: { y }, at: { mu: 1.5 }, gradient: true, dot: true });
      assert.deepEqual(Object.keys(report.sites), ["mu", "y"]);
      const normalLog = (x, m, s) => -0.5 * ((x - m) / s) ** 2 - Math.log(s) - 0.5 * Math.log(2 * Math.PI);
      const expected = y.reduce((sum, value) => sum + normalLog(value, 1.5, 1), normalLog(1.5, 0, 10));
      assert.ok(Math.abs(report.log_density.total - expected) < 1e-12 * Math.abs(expected));
      assert.ok(Math.abs(report.gradient.mu - (10.5 - 4 * 1.5 - 0.015)) < 1e-9);
      assert.match(report.dot, /^digraph/);
    });

    test("errors have code, position and hint, and the engine goes on", async () => {
      await assert.rejects(engine.model("def model(:\n  pass"), (error) => {
        assert.ok(error instanceof DolabError);
        assert.equal(error.code, "E201");
        assert.equal(error.line, 1);
        assert.ok(error.column > 0);
        return true;
      });
      const model = await engine.model(normal);
      await assert.rejects(model.fit({ data: { y }, stepz: 3 }), { code: "E1102" });
      await assert.rejects(model.fit({ data: { y: [1, NaN, 2, 3] } }), { code: "E503" });
      await assert.rejects(model.fit({ data: { y: [[1, 2], [3]] } }), { code: "E1005" });
      await assert.rejects(model.fit({ data: { y: new Date() } }), { code: "E1004" });
      await assert.rejects(model.fit({ data: { y: new Float64Array(4e8) } }), { code: "E907", message: /3200 MB/ });
      const fit = await model.fit({ data: { y }, steps: 200 });
      await assert.rejects(fit.effect({ intervention: { nobody: 1 } }), { code: "E104" });
      await assert.rejects(fit.draws("nu"), { code: "E104", hint: /mu/ });
      await assert.rejects(engine.open(new Uint8Array([1, 2, 3])), { code: "E1007" });
      assert.equal((await model.check({ data: { y } })).kernel, "model");
    });

    test("files in any format, and experiments with their own", async () => {
      const model = await engine.model(await text("examples/confounder/naive.py"));
      const csv = await text("examples/confounder/train.csv");
      const bind = { Z: "z", y: "y" };
      const options = { bind, steps: 500, draws: 100, seed: 1 };
      const fromFile = await model.fit({ data: { file: "train.csv", bytes: csv }, ...options });
      const fromColumns = await model.fit({ data: await table("examples/confounder/train.csv"), ...options });
      const effect = { intervention: { Z: 0 } };
      assert.deepEqual((await fromFile.effect(effect)).ate, (await fromColumns.effect(effect)).ate);
      await assert.rejects(engine.run({ dolab: 1, model: { file: "absent.py" } }), {
        code: "E1001",
        file: /absent\.py/,
      });
    });

    test("progress is reported, and an aborted call frees the engine", async () => {
      const model = await engine.model(normal);
      const reports = [];
      const controller = new AbortController();
      const onProgress = (report) => {
        reports.push(report);
        controller.abort();
      };
      const started = performance.now();
      const long = model.fit({ data: { y }, steps: 100_000_000, onProgress, signal: controller.signal });
      await assert.rejects(long, { name: "AbortError" });
      assert.ok(performance.now() - started < 5000);
      assert.equal(reports[0].total, 100_000_000);
      assert.ok(reports[0].done > 0 && reports[0].rate > 0 && reports[0].phase.length > 0);
      const fit = await (await engine.model(normal)).fit({ data: { y }, steps: 200 });
      assert.equal(fit.complete, true);
      await assert.rejects(model.fit({ data: { y }, signal: AbortSignal.abort() }), { name: "AbortError" });
    });
  });
}

describe("with shared memory", () => {
  let engine;
  before(async () => (engine = await createEngine({ threads: 2 })));
  after(() => engine.dispose());

  test("calls queue, and two engines run side by side", async () => {
    const other = await createEngine({ threads: 1 });
    const options = { data: { y }, method: "nuts", chains: 2, warmup: 200, draws: 200, seed: 3 };
    const fits = await Promise.all([engine, engine, other].map(async (one) => (await one.model(normal)).fit(options)));
    const draws = await Promise.all(fits.map(async (fit) => (await fit.draws("mu")).data));
    assert.deepEqual(draws[1], draws[0]);
    assert.deepEqual(draws[2], draws[0], "1 and 2 threads");
    other.dispose();
    await assert.rejects(other.model(normal), { code: "E1202" });
  });
});
