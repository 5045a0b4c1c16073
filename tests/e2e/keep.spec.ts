// Nothing is lost: reload, links, offline, servers without isolation.
import { effect, expect, openLab, plain, run, test, writeModel } from "./lab";

test("a reload brings back model and result, and computes nothing anew", async ({ watched: page }) => {
  await openLab(page);
  await run(page);
  const before = await effect(page).textContent();
  await page.getByRole("textbox", { name: "Seed" }).fill("43");
  await page.keyboard.press("Tab");
  await page.waitForTimeout(1500);
  await page.goto("/lab/");
  await expect(page.getByText("run here", { exact: true })).toBeVisible();
  await expect(effect(page)).toHaveText(before ?? "");
  await expect(page.getByRole("textbox", { name: "Seed" })).toHaveValue("43");
});

test("a link holds the experiment, and opening it runs nothing", async ({ watched: page, browser }) => {
  await openLab(page);
  await writeModel(page, 'def model(X, C, y=None):\n    numpyro.sample("mu", dist.Normal(0, 1))\n');
  await page.getByRole("button", { name: "Share" }).click();
  const written = page.getByRole("textbox", { name: /Link/ });
  await expect(written).toHaveValue(/#p=1\./);
  const link = await written.inputValue();
  const other = await browser.newPage();
  await other.goto(link);
  await expect(other.getByRole("textbox", { name: /model/i }).first()).toContainText('"mu"');
  expect(other.url()).not.toContain("#p=");
  await expect(other.getByText(/run here|stored result/)).toHaveCount(0);
  await other.close();
});

test("a damaged link says so and leaves the page usable", async ({ watched: page }) => {
  await openLab(page, "/lab/#p=1.AAAA");
  await expect(page.getByText(/damaged/)).toBeVisible();
});

test("the second visit works offline, engine included", async ({ watched: page, context }) => {
  await openLab(page);
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    while (!(await caches.keys()).some((name) => name.startsWith("dolab-lab-")))
      await new Promise((r) => setTimeout(r, 100));
  });
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
  await context.setOffline(true);
  await page.goto("/lab/");
  await run(page);
  await context.setOffline(false);
});

test.describe("without isolation", () => {
  test.use({ serviceWorkers: "block" });
  test("one thread does it, and the page says so", async ({ watched: page }) => {
    await openLab(page, `${plain}/lab/`);
    await run(page);
    await expect(page.getByText(/1 thread/).first()).toBeVisible();
  });
});

test("a server without the headers is isolated from the second visit on", async ({ watched: page }) => {
  await openLab(page, `${plain}/lab/`);
  // The page loads itself again when it can be isolated, which may be while it is asked.
  const controlled = () => page.evaluate(() => navigator.serviceWorker.controller !== null).catch(() => false);
  await expect.poll(controlled).toBe(true);
  await openLab(page, `${plain}/lab/`);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
});
