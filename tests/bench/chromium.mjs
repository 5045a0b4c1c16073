// Milliseconds in Chromium, isolated and not: from the import to an engine that is ready, and from the call to the draws of
// two examples (the first call of an engine and the second). One JSON line a page.
//
//   node wasm/build.mjs && npm ci --prefix web && node tests/bench/chromium.mjs
import { chromium } from "@playwright/test";
import { chromiumOptions } from "../e2e/chromium.mjs";
import { serve } from "../e2e/server.mjs";

const pages = 3;

async function measure() {
  const started = performance.now();
  const { createEngine } = await import("/wasm/dist/index.browser.mjs");
  const engine = await createEngine();
  const seen = { build: engine.info.build, ready: performance.now() - started };
  for (const [folder, data, site] of [["eight-schools", "schools.json", "mu"], ["confounder", "train.csv", "beta_zy"]]) {
    const text = async (name) => (await fetch(`/examples/${folder}/${name}`)).text();
    const files = { "model.py": await text("model.py"), [data]: await text(data) };
    const experiment = await text(`${folder}.dolab.json`);
    for (const call of ["first", "second"]) {
      const called = performance.now();
      const { fit } = await engine.run(experiment, { files });
      await fit.draws(site);
      seen[`${folder}, ${call}`] = performance.now() - called;
    }
  }
  engine.dispose();
  return seen;
}

const browser = await chromium.launch(chromiumOptions);
for (const isolated of [true, false]) {
  const { server, origin } = await serve({ isolated });
  for (let i = 0; i < pages; i += 1) {
    const page = await browser.newPage();
    await page.goto(`${origin}/tests/e2e/blank.html`);
    const seen = await page.evaluate(measure);
    console.log(JSON.stringify(seen, (_, value) => (typeof value === "number" ? Math.round(value) : value)));
    await page.close();
  }
  server.close();
}
await browser.close();
