// The declarations of the package: what the engine answers has them, and a program that uses them compiles.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import path from "node:path";
import { after, before, test } from "node:test";
import { DolabError, createEngine } from "../../wasm/dist/index.node.mjs";
import { confounder, folder, read, root } from "./helpers.mjs";
import { differences, protocolKeys } from "./shapes.mjs";

const grouped = `
import numpyro
import numpyro.distributions as dist

def model(y=None):
    mu = numpyro.sample("mu", dist.Normal(0, 10).expand([2, 3]).to_event(2))
    tau = numpyro.deterministic("tau", mu.sum())
    with numpyro.plate("rows", 4):
        numpyro.sample("y", dist.Normal(tau, 1), obs=y)
`;
const y = [1, 2, 3, 4.5];

let engine;
before(async () => (engine = await createEngine({ threads: 2 })));
after(() => engine.dispose());

const assertType = (value, name) => assert.deepEqual(differences(value, name), []);

test("a value of another type is told from a right one", () => {
  const plate = { size: 3, subsample_size: 3, dim: -1 };
  assertType(plate, "Plate");
  assert.deepEqual(differences({ ...plate, dim: "0" }, "Plate"), ['Plate.dim is "0", not number']);
  assert.deepEqual(differences({ size: 3, dim: 0, extra: 1 }, "Plate"), [
    "Plate.subsample_size is missing",
    "Plate.extra is not declared",
  ]);
  assert.equal(differences({ kernel: "k", parameters: [{ name: "x", required: "no" }] }, "Model").length, 4);
});

test("the worker knows the commands of the module, and no others", async () => {
  const create = createRequire(import.meta.url)(path.join(root, "wasm/dist/dolab-single.js"));
  const module = await create({ wasmBinary: await read("wasm/dist/dolab-single.wasm") });
  const { error } = JSON.parse(module.call("nobody", "{}"));
  assert.equal(error.code, "E1999");
  assert.deepEqual(error.hint.split(", ").sort(), protocolKeys("Commands"));
});

test("what is in a table", async () => {
  const text = "dose,works,city,score\n1,true,Rome,0.5\n2,false,,NA\n3,true,Bonn,2\n";
  const table = await engine.table({ file: "trial.csv", bytes: text });
  assertType(table, "Table");
  assert.equal(table.rows, 3);
  const columns = table.columns.map(({ name, type, missing, levels, values }) => [
    name,
    type,
    missing,
    levels,
    [...values],
  ]);
  assert.deepEqual(columns, [
    ["dose", "integer", 0, [], [1, 2, 3]],
    ["works", "boolean", 0, [], [1, 0, 1]],
    ["city", "category", 1, ["Bonn", "Rome"], [1, NaN, 0]],
    ["score", "real", 1, [], [0.5, NaN, 2]],
  ]);
  const given = await engine.table({ file: "schools.json", bytes: '{"J": 2, "y": [28.5, 8], "city": "Rome"}' });
  assertType(given, "Table");
  assert.deepEqual(given.arguments, [
    { name: "J", shape: [], value: 2 },
    { name: "city", shape: [], value: "Rome" },
    { name: "y", shape: [2], value: null },
  ]);
  await assert.rejects(engine.table({ file: "short.csv", bytes: "a,b\n1,2\n3\n" }), { code: "E1002", line: 3 });
});

test("what a model may say", async () => {
  const language = await engine.language();
  assertType(language, "Language");
  assert.ok(language.builtins.includes("range"));
  const families = language.modules.find(({ path }) => path === "numpyro.distributions").names;
  assert.ok(families.filter(({ kind }) => kind === "distribution").length >= 45);
  assert.equal(families.find(({ name }) => name === "Normal").signature, "loc=0, scale=1");
  // Everything that is listed can be read.
  for (const { path: module, names } of language.modules) {
    const reads = names.map(({ name }) => `    m.${name}\n`).join("");
    const text = `import numpyro\nimport ${module} as m\ndef model():\n${reads}    numpyro.factor("f", 0.0)\n`;
    assert.deepEqual(Object.keys((await (await engine.model(text)).check()).sites), ["f"], module);
  }
});

test("reports of a model: check, SVI, prior", async () => {
  assertType(engine, "Engine");
  const model = await engine.model(grouped);
  assertType(model, "Model");
  const at = {
    mu: [
      [1, 2, 3],
      [4, 5, 6],
    ],
  };
  assertType(await model.check({ data: { y }, at, gradient: true, dot: true }), "CheckReport");
  const fit = await model.fit({ data: { y }, steps: 200, draws: 50 });
  assertType(fit, "Fit");
  assertType(await fit.draws("mu"), "SiteDraws");
  assertType(await fit.summary(), "Summary");
  assertType(await model.prior({ draws: 10 }), "Prior");
  assertType(await engine.open(await fit.store()), "OpenedFit");
});

test("reports of chains, predictions and effects", async () => {
  const { source, data, options } = await confounder();
  const model = await engine.model(source);
  assertType(await model.check({ data, condition: options.condition }), "CheckReport");
  const chains = { method: "nuts", chains: 2, warmup: 50, draws: 20 };
  const fit = await model.fit({ data, condition: options.condition, ...chains });
  assertType(fit, "Fit");
  assertType(await fit.summary(), "Summary");
  assertType(await fit.predict({ do: { z: 0 } }), "Prediction");
  assertType(await fit.effect({ intervention: { z: 0 }, by: "y" }), "EffectReport");
  assertType(await fit.effect({ intervention: { z: 0 }, by_row: true, expected: true }), "EffectReport");
});

test("reports of an experiment, with its progress", async () => {
  const reports = [];
  const files = await folder("examples/confounder");
  const run = engine.run(files["confounder.dolab.json"].toString(), {
    files,
    onProgress: (report) => reports.push(report),
  });
  assertType(await run, "RunResult");
  assert.ok(reports.length > 0);
  for (const report of reports) assertType(report, "Progress");
});

test("errors", async () => {
  const error = await engine.model("x = (").catch((reason) => reason);
  assert.ok(error instanceof DolabError);
  const { code, line, column, file, hint, message } = error;
  assert.deepEqual([code, line, file], ["E201", 1, "model.source"]);
  assert.ok(column > 0 && message.length > 0 && (hint === null || hint.length > 0));
});
