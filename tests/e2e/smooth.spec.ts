// The page stays fluid: what is heavy goes on elsewhere.
import type { Page } from "@playwright/test";
import { strToU8, zipSync } from "fflate";
import { area, drop, expect, openLab, runButton, test, writeModel } from "./lab";
import { longestTask } from "./thread";

/** Milliseconds of the page's own time that a task may take. */
const MOST = 50;

async function runToItsEnd(page: Page) {
  await runButton(page).click();
  await expect(page.getByRole("button", { name: /Stop/ })).toBeVisible();
  await expect(runButton(page)).toBeVisible({ timeout: 50_000 });
  await page.waitForTimeout(1000); // What it found is computed on and kept.
}

test("a long task is seen, wherever it comes from", async ({ watched: page }) => {
  await openLab(page);
  const kinds = ["timer", "message", "blob", "answer"];
  for (const kind of kinds) {
    const provoke = (kind: string) => {
      const keepBusy = () => {
        const end = performance.now() + 300;
        while (performance.now() < end) Math.random();
      };
      if (kind === "timer") setTimeout(keepBusy);
      if (kind === "blob") void new Blob([new Uint8Array(1e6)]).arrayBuffer().then(keepBusy);
      if (kind === "answer") void fetch("index.html").then((answer) => answer.text().then(keepBusy));
      const channel = new MessageChannel();
      channel.port1.onmessage = keepBusy;
      if (kind === "message") channel.port2.postMessage(null);
    };
    const longest = await longestTask(page, async () => {
      await page.evaluate(provoke, kind);
      await page.waitForTimeout(500);
    });
    expect(longest, kind).toBeGreaterThan(MOST);
  }
});

test("no long task while SVI runs, nor while NUTS does", async ({ watched: page }) => {
  await openLab(page);
  await page.getByRole("textbox", { name: "Steps" }).fill("100000");
  expect(await longestTask(page, () => runToItsEnd(page))).toBeLessThan(MOST);
  await page.getByText("NUTS", { exact: true }).click();
  expect(await longestTask(page, () => runToItsEnd(page))).toBeLessThan(MOST);
});

/** A number of its own for each row: checkpoints and the result have tens of megabytes. */
const wide = `def model(x, y=None):
    slope = numpyro.sample("slope", dist.Normal(0, 1))
    with numpyro.plate("rows", x.shape[0]):
        u = numpyro.sample("u", dist.Normal(0, 1))
        numpyro.sample("y", dist.Normal(slope * x + 0.5 * u, 0.5), obs=y)
`;

test("no long task while megabytes of draws are kept", async ({ watched: page }) => {
  await openLab(page);
  await page.getByRole("button", { name: "Projects" }).click();
  await page.getByRole("button", { name: "New project" }).click();
  await writeModel(page, `import numpyro\nimport numpyro.distributions as dist\n\n\n${wide}`);
  await page.getByRole("tab", { name: /Data/ }).click();
  const rows = Array.from({ length: 3000 }, (_, i) => `${Math.sin(i)},${Math.cos(7 * i)}`);
  const buffer = Buffer.from(["x,y", ...rows].join("\n"));
  const files = area(page, "Model").locator('input[type="file"]').first();
  await files.setInputFiles({ name: "wide.csv", mimeType: "text/csv", buffer });
  await expect(area(page, "Model").getByText("wide.csv").first()).toBeVisible();
  await page.getByText("NUTS", { exact: true }).click();
  await page.getByRole("textbox", { name: "Warm-up" }).fill("300");
  await page.getByRole("textbox", { name: "Draws" }).fill("600");
  expect(await longestTask(page, () => runToItsEnd(page))).toBeLessThan(MOST);
});

test("no long task while a large table is dropped", async ({ watched: page }) => {
  await openLab(page);
  await page.getByRole("tab", { name: /Data/ }).click();
  const rows = Array.from({ length: 1_000_000 }, (_, i) => `${(i * 7919) % 1_000_003},${i % 7 ? "hill" : "sea"}`);
  const buffer = Buffer.from(["number,place", ...rows].join("\n"));
  const panel = area(page, "Model");
  const take = async () => {
    await panel
      .locator('input[type="file"]')
      .first()
      .setInputFiles({ name: "large.csv", mimeType: "text/csv", buffer });
    await expect(panel.getByText(/hill \(857,142\)/)).toBeVisible({ timeout: 40_000 });
    await page.waitForTimeout(1000); // It is kept.
  };
  expect(await longestTask(page, take)).toBeLessThan(MOST);
});

test("no long task while a folder is unpacked", async ({ watched: page }) => {
  await openLab(page);
  const rows = Array.from({ length: 300_000 }, (_, i) => `${Math.sin(i)},${Math.cos(7 * i)}`);
  const experiment = {
    dolab: 1,
    title: "A large folder",
    model: { file: "model.py", kernel: "model", output: "y" },
    data: { train: "large.csv", bind: { x: "x", y: "y" } },
    inference: { method: "svi" },
  };
  const text = `import numpyro\nimport numpyro.distributions as dist\n\n\n${wide}`;
  const bytes = zipSync({
    "large.dolab.json": strToU8(JSON.stringify(experiment)),
    "model.py": strToU8(text),
    "large.csv": strToU8(["x,y", ...rows].join("\n")),
  });
  const take = async () => {
    await drop(page, [{ name: "large.zip", bytes: Buffer.from(bytes) }]);
    await page.getByRole("tab", { name: /Data/ }).click();
    await expect(area(page, "Model").getByText("300,000 rows, 2 columns")).toBeVisible({ timeout: 30_000 });
    await page.waitForTimeout(1000); // It is kept.
  };
  expect(await longestTask(page, take)).toBeLessThan(MOST);
});
