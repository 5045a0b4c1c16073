// Two tabs with one project: only the first writes it.
import type { Page } from "@playwright/test";
import { effect, expect, openLab, runButton, test } from "./lab";

const nameOf = (page: Page) => page.getByRole("textbox", { name: "Title of the project" });
const elsewhere = (page: Page) => page.getByText(/open in another tab/);
const rename = async (page: Page, title: string) => {
  await nameOf(page).fill(title);
  await page.keyboard.press("Tab");
};

/** Titles of the kept projects, and how many runs could go on. */
const kept = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<{ titles: string[]; runs: number }>((resolve) => {
        const opening = indexedDB.open("dolab");
        opening.onsuccess = () => {
          const look = opening.result.transaction(["projects", "checkpoints"]);
          const all = look.objectStore("projects").getAll();
          const runs = look.objectStore("checkpoints").count();
          look.oncomplete = () => {
            opening.result.close();
            const projects = all.result as {
              project: { experiment: { title: string } };
            }[];
            resolve({
              titles: projects.map(({ project }) => project.experiment.title).sort(),
              runs: runs.result,
            });
          };
        };
      }),
  );

test("a second tab works on a copy, and does not take the run of the first for cut off", async ({
  watched: page,
  context,
}) => {
  await openLab(page);
  await rename(page, "First");
  await page.getByRole("textbox", { name: "Steps" }).fill("1000000");
  await page.keyboard.press("Tab");
  await runButton(page).click();
  await expect.poll(() => kept(page), { timeout: 20_000 }).toEqual({ titles: ["First"], runs: 1 });
  const other = await context.newPage();
  await openLab(other);
  await expect(elsewhere(other)).toBeVisible();
  await expect(other.getByText(/A run was cut off/)).toHaveCount(0);
  await page.getByRole("button", { name: /Stop/ }).click();
  await rename(other, "Second");
  await other.getByRole("button", { name: "Work on a copy" }).click();
  await expect(elsewhere(other)).toHaveCount(0);
  await expect(nameOf(other)).toHaveValue("Second (copy)");
  await expect.poll(async () => (await kept(page)).titles).toEqual(["First", "Second (copy)"]);
  await other.close();
});

test("a tab that was second has the project as the first left it", async ({ watched: page, context }) => {
  await openLab(page);
  await rename(page, "First");
  await expect.poll(async () => (await kept(page)).titles).toEqual(["First"]);
  const other = await context.newPage();
  await openLab(other);
  await expect(elsewhere(other)).toBeVisible();
  await rename(page, "Last");
  await expect.poll(async () => (await kept(page)).titles).toEqual(["Last"]);
  await page.close();
  await expect(nameOf(other)).toHaveValue("Last");
  await expect(elsewhere(other)).toHaveCount(0);
  await rename(other, "Later");
  await expect.poll(async () => (await kept(other)).titles).toEqual(["Later"]);
  await expect(effect(other)).toBeVisible();
});
