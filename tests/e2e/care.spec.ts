// Accessibility, phones, keyboards, and how much the first view weighs.
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync } from "node:zlib";
import AxeBuilder from "@axe-core/playwright";
import { area, effect, expect, openLab, run, test } from "./lab";

const dist = path.resolve(import.meta.dirname, "../../web/dist");

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });
    test("axe finds nothing serious, before and after a run, in any tab", async ({ watched: page }) => {
      await openLab(page);
      const check = async (where: string) => {
        const { violations } = await new AxeBuilder({ page }).analyze();
        const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
        expect(
          serious.map(
            ({ id, nodes }) => `${where}: ${id} at ${nodes.map(({ target }) => target.join(" ")).join("; ")}`,
          ),
        ).toEqual([]);
      };
      await check("first view");
      await run(page);
      for (const name of [/Posterior/, /Plots/, /Check/, /Log/, /Effect/, /Data/]) {
        await page.getByRole("tab", { name }).click();
        await page.waitForTimeout(600);
        await check(String(name));
      }
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

test("the keyboard alone is enough", async ({ watched: page }) => {
  await openLab(page);
  const focused = () =>
    page.evaluate(() =>
      document.activeElement?.closest("[role=region],header,section,nav")?.getAttribute("aria-label"),
    );
  const seen = new Set<string | null | undefined>();
  for (let i = 0; i < 60; i += 1) {
    await page.keyboard.press("Tab");
    seen.add(await focused());
  }
  for (const name of ["Run", "Last result"]) expect([...seen]).toContain(name);
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(page.getByText("run here", { exact: true })).toBeVisible({
    timeout: 45_000,
  });
  const node = area(page, "Question")
    .getByRole("button", { name: /^c\b|Severity/ })
    .first();
  await node.focus();
  await page.keyboard.press("Enter");
  await expect(
    area(page, "Question")
      .getByText(/Exponential|parents|observed/i)
      .first(),
  ).toBeVisible();
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
