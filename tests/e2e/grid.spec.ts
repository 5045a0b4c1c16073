// Rows of large and of typed tables: those in view are drawn, all are reached.
import type { Page } from "@playwright/test";
import { area, drop, expect, openLab, test } from "./lab";

async function openData(page: Page) {
  await openLab(page);
  await page.getByRole("tab", { name: /Data/ }).click();
  await expect(area(page, "Model").getByText("1,000 rows, 4 columns")).toBeVisible();
}

/** Few rows are in the page, however many the table has. */
const drawn = (page: Page) => page.locator(".data-panel tbody [aria-rowindex]").count();

test("a million rows are scrolled by wheel, bar and keys", async ({ watched: page }) => {
  await openData(page);
  const dropped = await page.evaluateHandle(() => {
    const lines = ["i,part"];
    for (let i = 1; i <= 1_000_000; i += 1) lines.push(`${i},${i % 7}`);
    const transfer = new DataTransfer();
    transfer.items.add(new File([lines.join("\n")], "million.csv"));
    return transfer;
  });
  await page.getByRole("main").dispatchEvent("drop", { dataTransfer: dropped });
  await expect(area(page, "Model").getByText("1,000,000 rows, 2 columns")).toBeVisible({ timeout: 45_000 });
  await page.getByText(/^Rows 1 to/).click();
  const grid = page.getByRole("region", { name: "Rows of the table" });
  await grid.scrollIntoViewIfNeeded();
  const row = (number: number) => grid.getByRole("row", { name: `${number} ${number} ${number % 7}`, exact: true });
  await expect(row(1)).toBeInViewport();
  await expect(grid.getByRole("table")).toHaveAttribute("aria-rowcount", "1000001");
  await grid.focus();
  await page.keyboard.press("End");
  await expect(row(1_000_000)).toBeInViewport();
  await expect(row(1_000_000)).toHaveAttribute("aria-rowindex", "1000001");
  expect(await drawn(page)).toBeLessThanOrEqual(200);
  const said = page.getByText(/^Rows .* of 1,000,000$/);
  const top = async () => Number((await said.innerText()).replaceAll(",", "").match(/\d+/)?.[0]);
  const end = await top();
  await page.keyboard.press("ArrowUp");
  await expect.poll(top).toBe(end - 1);
  await page.keyboard.press("PageUp");
  await expect.poll(top).toBeLessThan(end - 5);
  await page.keyboard.press("Home");
  await expect(row(1)).toBeInViewport();
  await page.keyboard.press("ArrowDown");
  await expect.poll(top).toBe(2);
  await grid.evaluate((element) => (element.scrollTop = element.scrollHeight / 2));
  await expect.poll(top).toBeGreaterThan(499_000);
  const middle = await top();
  expect(middle).toBeLessThan(501_000);
  await expect(row(middle + 3)).toBeInViewport();
  await grid.hover();
  await page.mouse.wheel(0, 300);
  await expect.poll(top).toBeGreaterThan(middle);
  expect(await drawn(page)).toBeLessThanOrEqual(200);
});

test("a long table is edited: what was typed stays when its row scrolls away", async ({ watched: page }) => {
  await openData(page);
  const lines = Array.from({ length: 250 }, (_, i) => `${i + 1},${i / 2}`);
  await drop(page, [{ name: "typed.csv", bytes: Buffer.from(["x,y", ...lines].join("\n")) }]);
  await page.getByRole("button", { name: "Edit cells" }).click();
  const cells = page.getByRole("group", { name: "Cells of the table" });
  const field = (column: string, row: number) =>
    cells.getByRole("textbox", { name: `${column}, row ${row}`, exact: true });
  await field("x", 2).fill("77");
  await cells.evaluate((element) => (element.scrollTop = element.scrollHeight));
  await expect(field("x", 250)).toHaveValue("250");
  await expect(field("x", 2)).toHaveCount(0);
  await expect(cells).toBeFocused();
  expect(await drawn(page)).toBeLessThanOrEqual(200);
  await page.keyboard.press("Home");
  await expect(field("x", 2)).toHaveValue("77");

  // Enter goes down, and at the end to a row of its own.
  await page.keyboard.press("End");
  await field("y", 249).focus();
  await page.keyboard.press("Enter");
  await expect(field("y", 250)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(field("y", 251)).toBeFocused();
  await expect(field("y", 251)).toBeInViewport();
  await page.keyboard.type("5");
  await page.keyboard.press("ArrowUp");
  await expect(field("y", 250)).toBeFocused();
  await page.getByRole("button", { name: "Done" }).click();
  await expect(area(page, "Model").getByText("251 rows, 2 columns")).toBeVisible();
});
