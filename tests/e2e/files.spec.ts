// Tables as they come: each is read, or refused with what is wrong, and then nothing has changed.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { Page } from "@playwright/test";
import { area, drop, effect, expect, openLab, test } from "./lab";

const rows = (mark: string, end = "\n") =>
  ["x", "y"].join(mark) + end + Array.from({ length: 12 }, (_, i) => [i / 2, i].join(mark) + end).join("");

async function openData(page: Page) {
  await openLab(page);
  await page.getByRole("tab", { name: /Data/ }).click();
  await expect(area(page, "Model").getByText("1,000 rows, 4 columns")).toBeVisible();
}

test("tables of every kind are read", async ({ watched: page }) => {
  await openData(page);
  const tables: [string, Buffer][] = [
    ["plain.csv", Buffer.from(rows(","))],
    ["packed.csv.gz", gzipSync(rows(","))],
    ["tabs.tsv", Buffer.from(rows("\t"))],
    ["semicolons.csv", Buffer.from(rows(";"))],
    ["marked.csv", Buffer.from(`\ufeff${rows(",", "\r\n")}`)],
    ["noname", Buffer.from(rows(","))],
  ];
  for (const [name, bytes] of tables) {
    await drop(page, [{ name, bytes }]);
    await expect(area(page, "Model").getByText(name, { exact: true })).toBeVisible();
    await expect(area(page, "Model").getByText("12 rows, 2 columns")).toBeVisible();
  }
});

test("what is no table is refused, and nothing changes", async ({ watched: page }) => {
  await openData(page);
  const before = await effect(page).textContent();
  const binary = Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 7919) % 256));
  const wrong: [string, Buffer, RegExp][] = [
    ["empty.csv", Buffer.alloc(0), /empty|no /],
    ["binary.csv", binary, /./],
    ["picture.png", Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), binary]), /./],
    ["twice.csv", Buffer.from("a,b,a\n1,2,3\n"), /a/],
    ["ragged.csv", Buffer.from("a,b\n1,2\n3\n"), /line 3|row 2/],
    ["cut.csv.gz", gzipSync(rows(",")).subarray(0, 30), /./],
    ["broken.json", Buffer.from('{"x": [1, 2'), /./],
  ];
  for (const [name, bytes, said] of wrong) {
    await drop(page, [{ name, bytes }]);
    const refusal = area(page, "Model")
      .getByRole("alert")
      .filter({ hasText: `${name} was not taken` });
    await expect(refusal).toBeVisible();
    await expect(refusal).toHaveText(said);
    await expect(refusal).not.toContainText("/job/");
    await expect(area(page, "Model").getByText("1,000 rows, 4 columns")).toBeVisible();
    await expect(effect(page)).toHaveText(before ?? "");
    await refusal.getByRole("button", { name: "Dismiss" }).click();
    await expect(refusal).toHaveCount(0);
  }
});

test("a file that no engine holds is refused before it is read", async ({ watched: page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(File.prototype, "size", { get: () => 3e9 });
  });
  await openData(page);
  await drop(page, [{ name: "huge.csv", bytes: Buffer.from(rows(",")) }]);
  await expect(area(page, "Model").getByText(/huge\.csv was not taken: .*3,000 MB/)).toBeVisible();
  await expect(area(page, "Model").getByText(/command line/)).toBeVisible();
  await expect(area(page, "Model").getByText("1,000 rows, 4 columns")).toBeVisible();
});

test("a folder with a large table is saved, and opens again", async ({ watched: page }) => {
  await openData(page);
  const lines = Array.from({ length: 30_000 }, (_, i) => `${Math.sin(i)},${i}`);
  await drop(page, [{ name: "large.csv", bytes: Buffer.from(["x,y", ...lines].join("\n")) }]);
  const size = area(page, "Model").getByText("30,000 rows, 2 columns");
  await expect(size).toBeVisible();
  await page.getByRole("button", { name: "Export" }).click();
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save: Experiment, a folder" }).click();
  const saved = await saving;
  const bytes = readFileSync(await saved.path());
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
  await page.getByRole("button", { name: "Projects" }).click();
  await page.getByRole("button", { name: "New project", exact: true }).click();
  await expect(size).toHaveCount(0);
  await drop(page, [{ name: saved.suggestedFilename(), bytes }]);
  await expect(size).toBeVisible();
});
