// The package as npm packs it, installed into an empty folder.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { root } from "./helpers.mjs";

const folder = mkdtempSync(path.join(tmpdir(), "dolab-pack-"));
const run = (command, args, cwd) =>
  execFileSync(command, args, { cwd, stdio: ["ignore", "pipe", "ignore"] }).toString();
after(() => rmSync(folder, { recursive: true }));

const script = `
import { createEngine } from "dolab";
const engine = await createEngine();
const model = await engine.model("import numpyro\\nimport numpyro.distributions as dist\\ndef model():\\n  numpyro.sample('a', dist.Normal(0, 1))");
console.log(JSON.stringify({ info: engine.info, sites: (await model.check()).sites }));
`;

const consumer = `
import { createEngine, DolabError, type EffectReport, type Engine } from "dolab";

export async function ask(y: Float64Array, signal: AbortSignal): Promise<EffectReport> {
  const engine: Engine = await createEngine({ threads: 2 });
  const model = await engine.model("def model(y=None): ...");
  const run = model.fit({ data: { y, X: { data: y, shape: [y.length, 1] } }, steps: 10, signal, onProgress: ({ done }) => done });
  setTimeout(() => run.stop(), 10);
  const fit = await run.catch((error: unknown) => {
    throw error instanceof DolabError ? new Error(error.code) : error;
  });
  const { diagnostics } = fit.report;
  const quality: number | null = "elbo" in diagnostics ? diagnostics.elbo : diagnostics.r_hat_max;
  // @ts-expect-error: a method of inference that there is not
  await model.fit({ method: "gibbs" });
  // @ts-expect-error: draws come later
  fit.draws("mu").data;
  return fit.effect({ baseline: await fit.predict({ do: { z: 0 } }), intervention: { z: { column: "z" }, w: quality ?? 0 } });
}
`;

function compile(options) {
  writeFileSync(path.join(folder, "consumer.mts"), consumer);
  const compiler = path.join(root, "web/node_modules/typescript/bin/tsc");
  const given = ["--noEmit", "--strict", "--target", "es2022", "--lib", "es2023,dom", ...options, "consumer.mts"];
  execFileSync(process.execPath, [compiler, ...given], { cwd: folder });
}

test("npm pack, install, import, run", () => {
  const [packed] = JSON.parse(run("npm", ["pack", "--json", "--pack-destination", folder], root));
  const names = packed.files.map((file) => file.path).sort();
  assert.ok(
    names.every((name) => /^(package\.json|README\.md|LICENSE|wasm\/dist\/[^/]+)$/.test(name)),
    `${names}`,
  );
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name: "empty", version: "1.0.0", private: true }));
  run("npm", ["install", "--offline", "--no-audit", "--no-fund", path.join(folder, packed.filename)], folder);
  writeFileSync(path.join(folder, "run.mjs"), script);
  // The process ends by itself: an idle engine does not keep it.
  const { info, sites } = JSON.parse(run(process.execPath, ["run.mjs"], folder));
  assert.equal(info.version, JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")).version);
  assert.deepEqual(Object.keys(sites), ["a"]);
});

test("a program compiles against the installed package, as Node and as bundlers resolve it", () => {
  compile(["--module", "nodenext"]);
  compile(["--module", "esnext", "--moduleResolution", "bundler", "--exactOptionalPropertyTypes"]);
});
