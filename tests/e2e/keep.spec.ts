// Nothing is lost: reload, links, offline, servers without isolation.
import type { Page } from "@playwright/test";
import { area, drop, effect, expect, openLab, plain, run, runButton, test, writeModel } from "./lab";

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

test("a result is not given the fit that another tab made of its project", async ({ watched: page, context }) => {
  // Where a browser has no locks, two tabs may have one project.
  await context.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, "locks"));
  await openLab(page);
  await run(page);
  const value = page.getByRole("region", { name: "Question", exact: true }).getByRole("textbox").first();
  const ask = async (z: string) => {
    await value.fill(z);
    await value.press("Enter");
  };
  const other = await context.newPage();
  await openLab(other);
  await expect(other.getByText("run here", { exact: true })).toBeVisible();
  await other.getByRole("textbox", { name: "Seed" }).fill("7");
  await other.keyboard.press("Tab");
  await runButton(other).click();
  await expect(other.getByText(/^Done in/)).toBeVisible({ timeout: 45_000 });
  await other.close();
  // The first tab keeps its own project and result over those of the other, whose store is there still.
  await ask("1");
  await expect(effect(page)).toContainText("to 1 ");
  await page.waitForTimeout(1000);
  await page.reload();
  await expect(page.getByRole("textbox", { name: "Seed" })).toHaveValue("42");
  await expect(effect(page)).toContainText("to 1 ");
  await ask("20");
  await expect(page.getByText(/the next run computes it/)).toBeVisible();
});

test("a link holds model, question and data, and opening it runs nothing", async ({ watched: page, browser }) => {
  await openLab(page);
  const value = (of: Page) => area(of, "Question").getByRole("textbox").first();
  await value(page).fill("2.5");
  await value(page).press("Enter");
  const table = `x,c,y,z\n${Array.from({ length: 12 }, (_, i) => `${i + 0.25},${i},${-i},${i % 2}\n`).join("")}`;
  await page.getByRole("tab", { name: /Data/ }).click();
  await drop(page, [{ name: "small.csv", bytes: Buffer.from(table) }]);
  await expect(area(page, "Model").getByText("12 rows, 4 columns")).toBeVisible();
  await page.getByRole("tab", { name: "Model" }).click();
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
  await expect(value(other)).toHaveValue("2.5");
  await other.getByRole("tab", { name: /Data/ }).click();
  await expect(area(other, "Model").getByText("small.csv", { exact: true })).toBeVisible();
  await expect(area(other, "Model").getByText("12 rows, 4 columns")).toBeVisible();
  await other.getByText(/^Rows 1 to/).click();
  await expect(other.getByRole("row", { name: "12 11.25 11 -11 1", exact: true })).toHaveCount(1);
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
