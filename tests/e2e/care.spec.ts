// Accessibility, phones, keyboards, and how much the first view weighs.
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync } from "node:zlib";
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { effect, expect, openLab, run, test } from "./lab";

const dist = path.resolve(import.meta.dirname, "../../web/dist");

/** What axe finds that matters: everything but what is minor. A second theme differs in its contrasts only. */
async function findings(page: Page, where: string, contrastOnly: boolean): Promise<string[]> {
  const builder = new AxeBuilder({ page });
  const { violations } = await (contrastOnly ? builder.withRules(["color-contrast"]) : builder).analyze();
  return violations
    .filter(({ impact }) => impact !== "minor")
    .map(({ id, nodes }) => `${where}: ${id} at ${nodes.map(({ target }) => target.join(" ")).join("; ")}`);
}

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });
    test("axe finds nothing of moderate impact or more, in any state", async ({ watched: page }) => {
      test.setTimeout(120_000); // Fifteen looks of axe.
      await openLab(page);
      const found: string[] = [];
      const check = async (where: string) => found.push(...(await findings(page, where, colorScheme === "dark")));
      const button = (name: RegExp | string) => page.getByRole("button", { name, exact: true });
      await check("first view");
      await button("Docs").click();
      await page.getByText("Reading a fit").click();
      await check("docs");
      await page.keyboard.press("Escape");
      for (const [opener, closer] of [
        ["Export", "Close"],
        ["Share", "Close"],
        ["Projects", "Projects"],
      ] as const) {
        await button(opener).click();
        await check(opener);
        await button(closer).click();
      }
      await page.getByRole("checkbox", { name: "Parameters" }).check();
      await page.getByRole("button", { name: /^Severity/ }).press("Enter");
      await check("a site, with parameters");
      await button("As a list").click();
      await check("the list");
      await button("Add scenario").click();
      await run(page);
      for (const name of [/Posterior/, /Plots/, /Check/, /Log/, /Effect/, /Data/]) {
        await page.getByRole("tab", { name }).click();
        await expect(page.locator(".skeleton")).toHaveCount(0);
        await check(String(name));
      }
      await page.setViewportSize({ width: 390, height: 844 });
      for (const name of ["Model", "Question", "Answer"]) {
        await page.getByRole("navigation").getByRole("button", { name }).click();
        await check(`${name} on a phone`);
      }
      expect(found).toEqual([]);
    });
  });
}

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });
  test("every part is reached, and nothing scrolls sideways", async ({ watched: page }) => {
    await page.goto("/lab/");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    for (const name of ["Model", "Question", "Answer"]) {
      await page.getByRole("navigation").getByRole("button", { name }).click();
      const [wide, inner] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      expect(wide).toBeLessThanOrEqual(inner ?? 0);
    }
    await page.getByRole("navigation").getByRole("button", { name: "Question" }).click();
    await run(page);
    await expect(effect(page)).toBeVisible();
    await expect(page.getByRole("navigation").getByRole("button", { name: "Answer" })).toHaveAttribute(
      "aria-pressed",
      "true",
    );
  });
});

/** Presses Tab until something of that name has the focus. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  const named = () =>
    page.evaluate(() => {
      let element = document.activeElement;
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
      const label = (element as HTMLInputElement | null)?.labels?.[0]?.textContent;
      return element?.getAttribute("aria-label") ?? label ?? element?.textContent ?? "";
    });
  const passed: string[] = [];
  while (passed.length < 60) {
    await page.keyboard.press("Tab");
    const at = await named();
    if (name.test(at)) return;
    passed.push(at.slice(0, 30));
  }
  throw new Error(`${String(name)} is not reached by Tab, but ${passed.join(", ")}`);
}

test("the keyboard alone is enough: open, edit, ask, run, read, share", async ({ watched: page }) => {
  await openLab(page);
  const { keyboard } = page;
  const focused = page.locator("*:focus");
  await tabTo(page, /^Projects$/);
  await keyboard.press("Enter");
  await expect(focused).toHaveText("New project");
  await keyboard.press("ArrowDown");
  await expect(focused).toHaveText("Open a file…");
  await keyboard.press("Escape");
  await expect(focused).toHaveText("Projects ▾");
  await tabTo(page, /^Export$/);
  await keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toBeVisible();
  await keyboard.press("Escape");
  await expect(focused).toHaveText("Export");

  await expect(page.getByRole("textbox", { name: "Text of the model" })).toBeVisible();
  await tabTo(page, /^Text of the model$/);
  await keyboard.press("ControlOrMeta+End");
  await keyboard.type("# checked");
  await expect(page.getByText(/changed since/).first()).toBeVisible();
  await keyboard.press("ControlOrMeta+z");

  // One stop for the graph, arrows within it; what closes or goes gives the focus back.
  await tabTo(page, /^Price of the pills, X/);
  await keyboard.press("ArrowRight");
  await expect(focused).toHaveAccessibleName(/^Pills taken, z/);
  await keyboard.press("Enter");
  await tabTo(page, /^Close$/);
  await keyboard.press("Enter");
  await expect(focused).toHaveAccessibleName(/^Pills taken, z/);
  await keyboard.press("i");
  await expect(focused).toHaveAccessibleName("Pills taken (z)");
  await keyboard.press("PageUp");
  await tabTo(page, /^Add scenario$|^Change something else$/);
  await page.getByRole("button", { name: "Do not change Pills taken (z)" }).focus();
  await keyboard.press("Enter");
  await expect(focused).toHaveAccessibleName("Change something");
  await focused.selectOption("z");

  await keyboard.press("ControlOrMeta+Enter");
  await expect(page.getByText("run here", { exact: true })).toBeVisible({ timeout: 45_000 });
  await expect(page.getByRole("status").filter({ hasText: /^The run is done\. Setting/ })).toHaveCount(1);
  await tabTo(page, /^Effect$/);
  await keyboard.press("ArrowRight");
  await expect(page.getByRole("tab", { name: /Posterior/ })).toBeFocused();
  await tabTo(page, /Advanced/);
  await keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "Draws" })).toBeFocused();
  await keyboard.press("Escape");
  await expect(focused).toHaveText(/Advanced/);
});

test("JavaScript of the first view is at most 100 KB with Brotli, and holds no editor, plots or engine", () => {
  const entries = [
    ...readFileSync(path.join(dist, "index.html"), "utf8").matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g),
  ];
  const wanted = new Set<string>();
  const waiting = entries.map(([, file]) => file ?? "");
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (wanted.has(file)) continue;
    wanted.add(file);
    const text = readFileSync(path.join(dist, file), "utf8");
    for (const [, name] of text.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) waiting.push(`assets/${name}`);
  }
  const bytes = [...wanted].reduce(
    (sum, file) => sum + brotliCompressSync(readFileSync(path.join(dist, file))).length,
    0,
  );
  expect(wanted.size).toBeGreaterThan(0);
  expect(bytes).toBeLessThan(100_000);
  expect([...wanted].filter((file) => /plotly|codemirror|editor|index\.browser/i.test(file))).toEqual([]);
  expect(readdirSync(path.join(dist, "assets")).some((file) => /plotly/.test(file))).toBe(true);
});

test("an effect that fails after a change is read out", async ({ watched: page }) => {
  await openLab(page);
  await run(page);
  const said = page.getByRole("status");
  await expect(said.filter({ hasText: /^The run is done\. Setting/ })).toHaveCount(1);
  // What is asked next names an outcome that the model lacks.
  await page.evaluate(() => {
    const send = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (this: Worker, asked: unknown, options?: object) {
      const { message } = asked as { message?: { command: string; request: Record<string, unknown> } };
      if (message?.command === "effect") message.request["outcome"] = "nobody";
      send.call(this, asked, options as StructuredSerializeOptions);
    };
  });
  const value = page.getByRole("region", { name: "Question", exact: true }).getByRole("textbox").first();
  await value.fill("20");
  await value.press("Enter");
  await expect(said.filter({ hasText: /The effect could not be computed: .*nobody/ })).toHaveCount(1);
  await expect(said.filter({ hasText: /Setting/ })).toHaveCount(0);
});
