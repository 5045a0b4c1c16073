// The package as npm packs it, installed into an empty folder.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { root } from "./helpers.mjs";

const folder = mkdtempSync(path.join(tmpdir(), "dolab-pack-"));
const run = (command, args, cwd) => execFileSync(command, args, { cwd, stdio: ["ignore", "pipe", "ignore"] }).toString();
after(() => rmSync(folder, { recursive: true }));

const script = `
import { createEngine } from "dolab";
const engine = await createEngine();
const model = await engine.model("import numpyro\\nimport numpyro.distributions as dist\\ndef model():\\n  numpyro.sample('a', dist.Normal(0, 1))");
console.log(JSON.stringify({ info: engine.info, sites: (await model.check()).sites }));
`;

test("npm pack, install, import, run", () => {
  const [packed] = JSON.parse(run("npm", ["pack", "--json", "--pack-destination", folder], root));
  const names = packed.files.map((file) => file.path).sort();
  assert.ok(names.every((name) => /^(package\.json|README\.md|LICENSE|wasm\/dist\/[^/]+)$/.test(name)), `${names}`);
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name: "empty", version: "1.0.0", private: true }));
  run("npm", ["install", "--offline", "--no-audit", "--no-fund", path.join(folder, packed.filename)], folder);
  writeFileSync(path.join(folder, "run.mjs"), script);
  // The process ends by itself: an idle engine does not keep it.
  const { info, sites } = JSON.parse(run(process.execPath, ["run.mjs"], folder));
  assert.equal(info.version, JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")).version);
  assert.deepEqual(Object.keys(sites), ["a"]);
});
