// Numbers that go in and out as typed arrays, and fits that the engine keeps opened.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createEngine } from "../../wasm/dist/index.node.mjs";
import { confounder } from "./helpers.mjs";

let engine, fit, data;
before(async () => {
  engine = await createEngine({ threads: 2 });
  const { source, data: columns, options } = await confounder();
  data = columns;
  fit = await (await engine.model(source)).fit({ data, ...options, draws: 300, steps: 1000 });
});
after(() => engine.dispose());

const close = (a, b, tolerance) => assert.ok(Math.abs(a - b) <= tolerance, `${a} and ${b}`);

test("values by row are the column that they are", async () => {
  const seen = await fit.effect({ baseline: { z: { column: "z" } }, intervention: { z: 0 } });
  const given = await fit.effect({ baseline: { z: data.z }, intervention: { z: { value: new Float32Array(1000) } } });
  assert.deepEqual(given.ate, seen.ate);
  assert.equal(given.baseline, "z=[1000 values]");
  const byColumn = await fit.predict({ do: { z: { column: "z" } } });
  const byValues = await fit.predict({ do: { z: Array.from(data.z) } });
  assert.deepEqual((await byValues.draws("y")).data, (await byColumn.draws("y")).data);
  await assert.rejects(fit.effect({ intervention: { z: new Float64Array(999) } }), /999|E\d+/);
});

test("draws and rows of an effect are those of its average", async () => {
  const effect = await fit.effect({ baseline: { z: { column: "z" } }, intervention: { z: 0 }, by_row: true });
  const { draws, by_row, ate } = effect;
  assert.deepEqual(draws.shape, [1, 300]);
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  close(mean(draws.data), ate.mean, 1e-12);
  for (const name of ["mean", "sd", "hdi_low", "hdi_high", "p_direction"]) assert.deepEqual(by_row[name].shape, [1000]);
  close(mean(by_row.mean.data), ate.mean, 1e-12);
  assert.ok(by_row.hdi_low.data.every((low, i) => low <= by_row.hdi_high.data[i]));
  assert.equal("by_row" in (await fit.effect({ intervention: { z: 0 } })), false);
});

test("a fit that was put away is read again", async () => {
  const bytes = await fit.store();
  const fits = await Promise.all([1, 2, 3].map(() => engine.open(bytes)));
  const scenario = { baseline: { z: { column: "z" } }, intervention: { z: 0 } };
  const effects = [];
  for (const one of [fit, ...fits, fit]) effects.push((await one.effect(scenario)).ate);
  for (const ate of effects) assert.deepEqual(ate, effects[0]);
  fits.forEach((one) => one.dispose());
  await assert.rejects(fits[0].effect(scenario), { code: "E1001" });
});
