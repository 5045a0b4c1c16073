// Files that an engine keeps, and large ones, which go to it in pieces.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createEngine } from "../../wasm/dist/index.node.mjs";
import { normal } from "./helpers.mjs";

const encode = (text) => new TextEncoder().encode(text);
const source = normal.replace("4)", "y.shape[0])");
const rows = 400_000;
/// 5.2 MB, more than goes in one piece.
const large = encode(
  `y\n${Array.from({ length: rows }, (_, i) =>
    String(i % 7)
      .padEnd(12, "0")
      .replace(/^(.)/, "$1."),
  ).join("\n")}\n`,
);

test("a large file is read as it was written, kept or not", async () => {
  const engine = await createEngine({ build: "single" });
  assert.ok(large.length > 2 ** 22);
  const plain = await engine.table({ file: "large.csv", bytes: large });
  const kept = await engine.table({ file: "large.csv", bytes: engine.keep(large) });
  assert.equal(plain.rows, rows);
  assert.deepEqual(kept, plain);
  assert.equal(large.at(-1), 10, "the caller's bytes are still there");
  engine.dispose();
});

test("kept bytes go to the worker once, and again after dispose", async () => {
  const engine = await createEngine({ build: "single" });
  const bytes = encode("y\n1\n2\n3\n4\n");
  const kept = engine.keep(bytes);
  const table = async () => (await engine.table({ file: "a.csv", bytes: kept })).columns[0].values[0];
  assert.equal((await engine.memory()).file_bytes, 0);
  assert.equal(await table(), 1);
  bytes.set(encode("9"), 2); // which nobody should do, and shows here that nothing is sent
  assert.equal(await table(), 1);
  const model = await engine.model(source);
  await model.check({ data: { file: "b.csv", bytes: kept } });
  const fit = await model.fit({ data: { file: "c.csv", bytes: kept }, steps: 10, draws: 10 });
  fit.dispose();
  assert.equal((await engine.memory()).file_bytes, bytes.length);
  kept.dispose();
  assert.equal((await engine.memory()).file_bytes, 0);
  assert.equal(await table(), 9);
  engine.dispose();
});

test("an experiment runs with kept files, and another engine does not know them", async () => {
  const [engine, other] = await Promise.all([createEngine({ build: "single" }), createEngine({ build: "single" })]);
  const files = { "data/train.csv": engine.keep(encode("y\n1\n2\n3\n4\n")) };
  const experiment = {
    dolab: 1,
    model: { source },
    data: { train: "data/train.csv" },
    inference: { method: "svi", steps: 10, draws: 10 },
  };
  for (let i = 0; i < 2; ++i) assert.equal((await engine.run(experiment, { files })).complete, true);
  await assert.rejects(other.run(experiment, { files }), { code: "E1103", message: /belongs to the engine/ });
  engine.dispose();
  other.dispose();
});
