// One store, two doors: what the command line writes the package opens, and the other way round.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
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
  const found = await fit.effect({ baseline: { z: { column: "z" } }, intervention: { z: 0 } });
  assert.deepEqual(found.effects, expected.effects);
  assert.deepEqual((await fit.summary()).sites, dolab("summary", file).sites);
  const prediction = await fit.predict({ do: { z: 0 } });
  assert.equal((await prediction.draws("y")).data.length, 1000 * 1000);
});

test("a fit of the package is opened by the command line, bit for bit its own reproducible one", async () => {
  const { source, data, options } = await confounder();
  const model = await engine.model(source);
  const fit = await model.fit({ data, ...options, steps: 1000, seed: 5, reproducible: true });
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
    const fit = await model.fit({ data: { file, bytes }, bind, ...options, steps: 50 });
    losses.push(fit.report.diagnostics.final_loss);
  }
  assert.equal(losses[0], losses[1]);
  const cut = gzipSync(plain).subarray(0, 1000);
  await assert.rejects(model.check({ data: { file: "train.csv.gz", bytes: cut }, bind }), { code: "E1001" });
});
