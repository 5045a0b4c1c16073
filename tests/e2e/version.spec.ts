// A newer build that is served: said, and taken when its user asks for it.
import { effect, expect, openLab, runButton, test } from "./lab";
import { serve } from "./server.mjs";

test("a newer version is said, waits for a run, and comes when it is asked for", async ({ watched: page }) => {
  const edits = new Map<string, (text: string) => string>();
  const { server, origin } = await serve({ edits });
  await openLab(page, `${origin}/lab/`);
  const inCharge = () => page.evaluate(() => navigator.serviceWorker.controller?.state);
  await expect.poll(inCharge).toBe("activated");
  const said = page.getByText(/A new version of this page is there/);
  await expect(said).toHaveCount(0);
  edits.set("/lab/sw.js", (text) => text.replace(/const version = "/, "$&newer-"));
  edits.set("/lab/index.html", (text) => text.replace("<head>", '<head><meta name="newer" content="yes">'));
  edits.set("/lab/", (text) => text.replace("<head>", '<head><meta name="newer" content="yes">'));
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update());
  await expect(said).toBeVisible({ timeout: 20_000 });
  const reload = page.getByRole("button", { name: "Reload", exact: true });
  await page.getByRole("textbox", { name: "Steps" }).fill("100000000");
  await runButton(page).click();
  await expect(reload).toBeDisabled();
  await page.getByRole("button", { name: /Stop/ }).click();
  await expect(reload).toBeEnabled({ timeout: 20_000 });
  expect(await page.locator('meta[name="newer"]').count()).toBe(0);
  await reload.click();
  await expect(page.locator('meta[name="newer"]')).toHaveCount(1, { timeout: 20_000 });
  await expect(effect(page)).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Steps" })).toHaveValue("100000000");
  const names = () => page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith("dolab-lab-")));
  await expect.poll(names).toEqual([expect.stringContaining("newer-")]);
  await expect(said).toHaveCount(0);

  // Loaded anew: nothing of the worker is left before it comes again, and the project stays.
  await page.evaluate(() => caches.open("dolab-lab-left-over"));
  await page.getByRole("button", { name: "Projects" }).click();
  await page.getByRole("button", { name: /Load this page anew/ }).click();
  await expect.poll(() => names().catch(() => [])).toEqual([expect.stringContaining("newer-")]);
  await expect(effect(page)).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Steps" })).toHaveValue("100000000");
  server.closeAllConnections();
  server.close();
});
