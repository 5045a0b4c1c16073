// The first seconds: an answer before anything was pressed, and the same one live.
import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { createEngine } from "dolab";
import { area, effect, expect, openLab, run, test } from "./lab";

const root = path.resolve(import.meta.dirname, "../..");

test("the page opens with an effect, its truth and the naive estimate, and says that it is stored", async ({
  watched: page,
}) => {
  await openLab(page);
  const answer = area(page, "Answer");
  await expect(answer.getByText("stored result")).toBeVisible();
  for (const name of ["truth", "naive"]) await expect(answer.getByText(new RegExp(name)).first()).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("?");
});

test("two clicks and less than 30 seconds lead to an effect computed here, the one of the command line", async ({
  watched: page,
}) => {
  const started = Date.now();
  await openLab(page);
  const stored = await effect(page).textContent();
  await run(page);
  expect(Date.now() - started).toBeLessThan(30_000);
  expect(await effect(page).textContent()).toBe(stored);

  await page.getByRole("button", { name: "Export" }).click();
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save: Result store" }).click();
  const bytes = readFileSync(await (await downloading).path());
  const engine = await createEngine({ threads: 1 });
  const fit = await engine.open(bytes);
  const { ate } = await fit.effect({
    baseline: { z: { column: "z" } },
    intervention: { z: 0 },
  });
  engine.dispose();
  const experiment = path.join(root, "examples/confounder/confounder.dolab.json");
  const store = path.join(root, "build/e2e-confounder.zarr");
  const args = ["run", experiment, "--set", "reproducible=true", "--json", "--overwrite", "--out", store];
  const report = JSON.parse(
    execFileSync(process.env["DOLAB"] ?? path.join(root, "build/bin/dolab"), args).toString(),
  ) as {
    effects: { ate: unknown }[];
  };
  expect(ate).toEqual(report.effects[0]?.ate);
});

test("a slow machine and a slow network come to their first effect within 30 seconds", async ({ watched: page }) => {
  const bytesPerSecond = 20e6 / 8;
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  const conditions = { offline: false, latency: 40, downloadThroughput: bytesPerSecond, uploadThroughput: 1e6 };
  await session.send("Network.emulateNetworkConditions", conditions);
  await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  // Workers load as fast as they can: the engine waits as long as its bytes would take.
  await page.route(/\.wasm$/, async (route) => {
    const { size } = statSync(path.join(root, "wasm/dist/dolab.wasm"));
    await new Promise((resolve) => setTimeout(resolve, (1000 * size) / bytesPerSecond));
    await route.continue();
  });
  const started = Date.now();
  await openLab(page);
  await run(page);
  await expect(page.locator(".effect-card-updating, .effect-card-skeleton")).toHaveCount(0);
  await expect(effect(page)).toBeVisible();
  expect(Date.now() - started).toBeLessThan(30_000);
});

test("the slider on z moves the effect of the stored run, and the one of a live fit", async ({ watched: page }) => {
  await openLab(page);
  const slider = area(page, "Question").getByRole("slider").first();
  for (const make of [async () => undefined, () => run(page)]) {
    await make();
    const before = await effect(page).textContent();
    await slider.focus();
    for (let i = 0; i < 5; i += 1) await page.keyboard.press("PageUp");
    await expect(effect(page)).not.toHaveText(before ?? "", {
      timeout: 10_000,
    });
    await page.keyboard.press("Home");
    await expect(effect(page)).toHaveText(before ?? "", { timeout: 10_000 });
  }
});
