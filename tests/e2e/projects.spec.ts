// Kept projects, a browser that keeps nothing, and addresses that ask for what is not there.
import { effect, expect, openLab, run, test } from "./lab";

const title = "Title of the project";

test("kept projects are listed, copied and deleted", async ({ watched: page }) => {
  await openLab(page);
  const menu = page.getByRole("button", { name: "Projects" });
  const name = page.getByRole("textbox", { name: title });
  await name.fill("First");
  await page.keyboard.press("Tab");
  await run(page);
  const before = await effect(page).textContent();
  await menu.click();
  await page.getByRole("button", { name: "Duplicate this project" }).click();
  await expect(name).toHaveValue("First (copy)");
  await expect(effect(page)).toHaveText(before ?? "");
  await name.fill("Second");
  await page.keyboard.press("Tab");
  await page.waitForTimeout(1000); // Until it is kept.
  await menu.click();
  await page.getByRole("button", { name: "New project" }).click();
  await menu.click();
  const listed = page.getByRole("button", { name: /^(First|Second)/ });
  await expect(listed).toHaveText([/^Second/, /^First/]);

  // The copy has a result of its own, which can be asked again.
  await listed.first().click();
  await expect(name).toHaveValue("Second");
  await expect(effect(page)).toHaveText(before ?? "");
  await expect(page.getByText("run here", { exact: true })).toBeVisible();

  // By the keyboard, and only when it is asked for twice.
  await menu.click();
  await page.getByRole("button", { name: "Delete First" }).focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Keep it" })).toBeFocused();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Delete First" }).click();
  await page.getByRole("group", { name: "Delete First?" }).getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("button", { name: "Delete First" })).toHaveCount(0);
  await expect(page.getByText("First was deleted.")).toBeVisible();
  await page.reload();
  await menu.click();
  await expect(page.getByRole("button", { name: "New project", exact: true })).toBeVisible();
  await expect(page.getByText(/^First/)).toHaveCount(0);
});

for (const width of [390, 1440]) {
  test(`a project is renamed from its menu, ${width} pixels wide`, async ({ watched: page }) => {
    await page.setViewportSize({ width, height: 844 });
    await page.goto("/lab/");
    const menu = page.getByRole("button", { name: "Projects" });
    await menu.click();
    await page.getByRole("button", { name: /^Rename this project/ }).click();
    const field = page.getByRole("textbox", { name: "New title" });
    await expect(field).toBeFocused();
    await page.keyboard.type("Pills, again");
    await page.keyboard.press("Enter");
    await expect(field).toHaveCount(0);
    await expect(menu).toBeFocused();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("dolab: Pills, again");
    await page.waitForTimeout(1000); // Until it is kept.
    await page.goto("/lab/");
    await menu.click();
    await page.getByRole("button", { name: "Rename this project Pills, again" }).click();
    await page.keyboard.type("never");
    await page.keyboard.press("Escape");
    await expect(menu).toBeFocused();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("dolab: Pills, again");
  });
}

test("a browser without a database works, and says that it keeps nothing", async ({ watched: page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, "indexedDB", {
      value: {
        open: () => {
          throw new DOMException("The user denied permission", "SecurityError");
        },
      },
    });
  });
  await openLab(page);
  await expect(page.getByText(/This browser keeps nothing/)).toHaveCount(1);
  await run(page);
  await expect(effect(page)).toBeVisible();
});

test("a kept project that is damaged is said to be, and the page opens", async ({ watched: page }) => {
  await openLab(page);
  await page.waitForTimeout(1000); // Until it is kept.
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const opening = indexedDB.open("dolab");
        opening.onsuccess = () => {
          const change = opening.result.transaction("projects", "readwrite");
          const store = change.objectStore("projects");
          store.clear();
          store.put({
            project: { id: "broken", experiment: { dolab: 1 } },
            files: ["a.csv"],
            changed: Date.now() + 1e6,
          });
          change.oncomplete = () => {
            opening.result.close();
            resolve();
          };
        };
      }),
  );
  await openLab(page);
  await expect(page.getByText(/The project of the last visit could not be opened: it is damaged/)).toBeVisible();
  await run(page);
});

test("an address that asks for what is not there says so", async ({ watched: page }) => {
  await openLab(page, "/lab/?threads=99&colour=red&example=nobody");
  await expect(page.getByText(/there is no example "nobody"/)).toBeVisible();
  await expect(page.getByText(/threads=99; it may be 1 to 64/)).toBeVisible();
  await expect(page.getByText(/colour, which this page does not know/)).toBeVisible();
  // A fragment that is no link changes nothing.
  const name = page.getByRole("textbox", { name: title });
  await name.fill("Mine");
  await page.keyboard.press("Tab");
  await page.evaluate(() => (location.hash = "#answer"));
  await page.evaluate(() => (location.hash = "#p=7.abc"));
  await expect(page.getByText(/This link has format 7/)).toBeVisible();
  await expect(name).toHaveValue("Mine");
});
