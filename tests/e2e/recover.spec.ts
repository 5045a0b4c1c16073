// What goes wrong in an engine stays there: the page says what happened, the project is whole, and the next run works.
import type { Page } from "@playwright/test";
import { area, effect, expect, openLab, run, runButton, test } from "./lab";

// What a service worker hands out has lost the query of its address.
test.use({ serviceWorkers: "block" });

/** The next engine that the page starts fails at its first fit or other command, or at a later one: its address asks for it. */
async function failNext(page: Page, fault: "trap" | "oom" | "lost" | "hang", command = "run", after = 0) {
  const asked = { fault, in: command, after: String(after) };
  await page.evaluate((wanted) => {
    const Real = Worker;
    window.Worker = class extends Real {
      constructor(address: string | URL, options?: WorkerOptions) {
        const asked = new URL(address, location.href);
        if (asked.pathname.includes("engine-worker")) {
          for (const [name, value] of Object.entries(wanted)) asked.searchParams.set(name, value);
          window.Worker = Real;
        }
        super(asked, options);
      }
    };
  }, asked);
}

/** The engine for checks has started, so that the next one is for fits. */
async function openChecked(page: Page, seed = "42") {
  await openLab(page);
  await expect(page.getByText(/The model fits its data/)).toBeVisible({
    timeout: 20_000,
  });
  await page.getByRole("textbox", { name: "Seed" }).fill(seed);
  await page.keyboard.press("Tab");
}

const steps = (page: Page) => page.getByRole("textbox", { name: "Steps" });
const seedOf = (page: Page) => page.getByRole("textbox", { name: "Seed" });
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

const openedAgain = (page: Page) => area(page, "Answer").getByText(/Another one has opened the fit again/);

/** Another value gives another effect: the engine answers questions about the fit. */
async function expectOtherEffect(page: Page): Promise<void> {
  const before = await effect(page).textContent();
  const value = area(page, "Question").getByRole("textbox").first();
  await value.fill("20");
  await value.press("Enter");
  await expect(effect(page)).toContainText("to 20 ", { timeout: 20_000 });
  await expect(effect(page)).not.toHaveText(before ?? "");
}

test("an engine that traps is replaced: the project is whole, and the next run works", async ({ watched: page }) => {
  await openChecked(page, "7");
  const before = await effect(page).textContent();
  await failNext(page, "trap");
  await runButton(page).click();
  const said = area(page, "Answer").getByText(/The engine stopped\. Your project is safe/);
  await expect(said).toBeVisible({ timeout: 20_000 });
  await expect(area(page, "Answer").getByText(/unreachable/)).toBeVisible();
  await expect(effect(page)).toHaveText(before ?? "");
  await expect(seedOf(page)).toHaveValue("7");
  await button(page, "Run again").first().click();
  await expect(page.getByText("run here", { exact: true })).toBeVisible({
    timeout: 45_000,
  });
  await expect(said).toHaveCount(0);
});

test("the fit that is shown outlives its engine: it can be asked again", async ({ watched: page }) => {
  await openChecked(page);
  await run(page);
  await page.waitForTimeout(1500); // Until it is kept.
  await page.addInitScript(() => {
    const Real = Worker;
    window.Worker = class extends Real {
      constructor(address: string | URL, options?: WorkerOptions) {
        super(`${String(new URL(address, location.href))}?fault=trap`, options);
      }
    };
    Object.assign(window, { heal: () => (window.Worker = Real) });
  });
  await openLab(page);
  await expect(page.getByText(/engine ready/)).toBeVisible({ timeout: 20_000 });
  await page.evaluate(() => (window as unknown as { heal: () => void }).heal());
  await runButton(page).click();
  await expect(area(page, "Answer").getByText(/The engine stopped\. Your/)).toBeVisible({ timeout: 20_000 });
  await expectOtherEffect(page);
});

for (const fault of ["trap", "oom"] as const) {
  test(`an engine that an effect ends (${fault}) is replaced, with the fit that it had`, async ({ watched: page }) => {
    await openChecked(page);
    await failNext(page, fault, "effect");
    await run(page);
    await expect(openedAgain(page)).toBeVisible({ timeout: 20_000 });
    await expect(effect(page)).toContainText("to 0 ");
    await expectOtherEffect(page);
    await button(page, "Dismiss").click();
    await expect(openedAgain(page)).toHaveCount(0);
  });
}

test("plots of a fit whose engine they ended are there in the end", async ({ watched: page }) => {
  await openChecked(page);
  await failNext(page, "trap", "draws");
  await run(page);
  await page.getByRole("tab", { name: "Plots" }).click();
  await expect(openedAgain(page)).toBeVisible({ timeout: 20_000 });
  await expect(page.locator(".plotly-figure .main-svg").first()).toBeVisible({
    timeout: 20_000,
  });
});

test("so are the effects by row", async ({ watched: page }) => {
  await openChecked(page);
  await failNext(page, "trap", "effect", 1);
  await run(page);
  await expect(effect(page)).toContainText("to 0 ");
  await expect(page.locator(".effect-card-updating")).toHaveCount(0, {
    timeout: 20_000,
  });
  await page.getByText("Row by row", { exact: true }).click();
  await expect(openedAgain(page)).toBeVisible({ timeout: 20_000 });
  await expect(area(page, "Answer").getByRole("region", { name: "Effect of each row" })).toBeVisible();
});

test("an engine that hangs over an effect can be ended, and the effect is there in the end", async ({
  watched: page,
}) => {
  await openChecked(page);
  await failNext(page, "hang", "effect");
  await run(page);
  const long = area(page, "Answer").getByText(/The engine takes long/);
  await expect(long).toBeVisible({ timeout: 20_000 });
  await button(page, "End it and open the fit again").click();
  await expect(openedAgain(page)).toBeVisible({ timeout: 20_000 });
  await expect(long).toHaveCount(0);
  await expect(page.locator(".effect-card-updating")).toHaveCount(0, {
    timeout: 20_000,
  });
  await expect(effect(page)).toContainText("to 0 ");
});

test("an engine that the same question ends again is not replaced before somebody wants it", async ({
  watched: page,
}) => {
  await openChecked(page);
  await page.evaluate(() => {
    const Real = Worker;
    window.Worker = class extends Real {
      constructor(address: string | URL, options?: WorkerOptions) {
        const asked = String(new URL(address, location.href));
        super(asked.includes("engine-worker") ? `${asked}?fault=trap&in=effect` : asked, options);
      }
    };
    Object.assign(window, { heal: () => (window.Worker = Real) });
  });
  await run(page);
  await expect(area(page, "Answer").getByText(/The engine stopped, and the fit is closed/)).toBeVisible({
    timeout: 20_000,
  });
  await page.evaluate(() => (window as unknown as { heal: () => void }).heal());
  await button(page, "Open the fit again").click();
  await expect(area(page, "Answer").getByText(/Another one has opened the fit again/)).toBeVisible();
  await expect(effect(page)).toBeVisible();
});

test("without memory the run fails, and says what to do", async ({ watched: page }) => {
  await openChecked(page);
  await failNext(page, "oom");
  await runButton(page).click();
  await expect(area(page, "Answer").getByText(/The run failed.*memory/)).toBeVisible({ timeout: 45_000 });
  await expect(area(page, "Answer").getByText(/Ask for fewer draws/)).toBeVisible();
  await expect(effect(page)).toBeVisible();
  await button(page, "Dismiss").click();
  await expect(button(page, "Dismiss")).toHaveCount(0);
});

test("an engine that hears nothing is ended by the second stop, and replaced", async ({ watched: page }) => {
  await openChecked(page);
  await failNext(page, "hang");
  await runButton(page).click();
  await expect(page.getByText(/engine ready/)).toBeVisible();
  await page.getByRole("button", { name: /Stop/ }).click();
  await page.getByRole("button", { name: /End now/ }).click();
  await expect(area(page, "Answer").getByText(/nothing to keep/)).toBeVisible();
  await expect(effect(page)).toBeVisible();
  await run(page);
});

test("an engine that has long been silent is ended by one stop", async ({ watched: page }) => {
  await openChecked(page);
  await failNext(page, "hang");
  await runButton(page).click();
  await page.waitForTimeout(4000);
  await page.getByRole("button", { name: /Stop/ }).click();
  await expect(area(page, "Answer").getByText(/nothing to keep/)).toBeVisible();
  await run(page);
});

test("a run that the closing of the page cut off goes on, to the numbers of one that was not", async ({
  watched: page,
  context,
}) => {
  await openChecked(page);
  await steps(page).fill("150000");
  await page.keyboard.press("Tab");
  await run(page);
  const whole = await effect(page).textContent();
  await openLab(page);
  await page.waitForTimeout(1000);
  await runButton(page).click();
  const kept = () =>
    page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const opening = indexedDB.open("dolab");
          opening.onsuccess = () => {
            const counting = opening.result.transaction("checkpoints").objectStore("checkpoints").count();
            counting.onsuccess = () => {
              opening.result.close();
              resolve(counting.result);
            };
          };
        }),
    );
  await expect.poll(kept, { timeout: 20_000 }).toBe(1);
  await page.close();
  const again = await context.newPage();
  await again.goto("/lab/");
  await expect(again.getByText("A run was cut off before its end.")).toBeVisible();
  await expect(again.getByText(/It can go on from step [1-9][\d,]* of 150,000/)).toBeVisible();
  await button(again, "Continue").click();
  await expect(again.getByText("A run was cut off before its end.")).toHaveCount(0);
  await expect(runButton(again)).toBeVisible({ timeout: 45_000 });
  await expect(effect(again)).toHaveText(whole ?? "");
});
