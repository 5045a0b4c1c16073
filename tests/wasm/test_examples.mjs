// Every experiment of examples/ through the package, against its expected.json; see tests/examples/check_examples.py.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { createEngine } from "../../wasm/dist/index.node.mjs";
import { folder, root } from "./helpers.mjs";

let engine;
before(async () => (engine = await createEngine({ threads: 2 })));
after(() => engine.dispose());

function close(name, found, expected, tolerance) {
  assert.ok(Math.abs(found - expected) <= tolerance, `${name} is ${found}, expected ${expected} +- ${tolerance}`);
}

function checkEffect(found, expected) {
  for (const key of ["outcome", "baseline", "intervention", "rows"]) assert.equal(found[key], expected[key]);
  const { ate } = found;
  assert.ok(ate.hdi_low <= ate.mean && ate.mean <= ate.hdi_high && ate.p_direction >= 0 && ate.p_direction <= 1);
  for (const key of ["mean", "sd"])
    if (expected[key]) close(key, ate[key], expected[key].value, expected[key].tolerance);
  if ("truth" in expected) close("mean, against the truth,", ate.mean, expected.truth, expected.within_sd * ate.sd);
}

async function checkSummary(fit, expected) {
  const { sites } = await fit.summary();
  for (const [name, wanted] of Object.entries(expected.sites ?? {})) {
    close(`mean of ${name}`, sites[name].mean, wanted.mean, wanted.tolerance);
    close(`sd of ${name}`, sites[name].sd, wanted.sd, wanted.sd_tolerance);
  }
  for (const [name, site] of Object.entries(sites)) {
    assert.ok(
      [site.r_hat].flat(Infinity).every((value) => value < expected.r_hat_below),
      `R-hat of ${name}`,
    );
  }
}

for (const name of readdirSync(path.join(root, "examples"))) {
  const file = path.join(root, "examples", name, "expected.json");
  if (!existsSync(file)) continue;
  const expected = JSON.parse(readFileSync(file, "utf8"));
  for (const [experiment, wanted] of Object.entries(expected.experiments)) {
    test(`${name}/${experiment}`, async () => {
      if ((expected.generated ?? []).some((made) => !existsSync(path.join(root, "examples", name, made)))) {
        execFileSync("python3", [path.join(root, "examples", name, "generate.py")]);
      }
      const files = await folder(`examples/${name}`);
      const result = await engine.run(files[experiment].toString(), { files });
      assert.equal(result.complete, true);
      assert.equal(result.effects.length, (wanted.effects ?? []).length);
      (wanted.effects ?? []).forEach((effect, i) => checkEffect(result.effects[i], effect));
      if ("r_hat_below" in wanted) await checkSummary(result.fit, wanted);
      const codes = result.warnings.map((warning) => warning.code);
      for (const code of wanted.warnings ?? []) assert.ok(codes.includes(code), `no warning ${code} among ${codes}`);
      for (const code of wanted.without_warnings ?? []) assert.ok(!codes.includes(code), `warning ${code}`);
      result.fit.dispose();
    });
  }
}
