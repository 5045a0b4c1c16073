// Pictures are kept as they are seen.
import { readFileSync } from "node:fs";
import type { Locator, Page } from "@playwright/test";
import { area, expect, openLab, run, test } from "./lab";

async function saved(page: Page, where: Locator, format: "SVG" | "PNG") {
  const downloading = page.waitForEvent("download");
  await where.getByRole("button", { name: `Save as ${format}` }).click();
  const file = await downloading;
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

/** Width and height of a PNG; throws if it is none. */
function sizeOf(png: Buffer): [number, number] {
  expect(png.subarray(1, 4).toString()).toBe("PNG");
  return [png.readUInt32BE(16), png.readUInt32BE(20)];
}

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });
    test("the effect as SVG and PNG", async ({ watched: page }) => {
      await openLab(page);
      const card = area(page, "Answer").getByRole("article").first();
      const svg = await saved(page, card, "SVG");
      expect(svg.name).toBe("effect.svg");
      const seen = await page.evaluate((text) => {
        const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
        const ground = parsed.querySelector("svg > rect")?.getAttribute("fill") ?? "";
        return {
          errors: parsed.querySelectorAll("parsererror").length,
          bars: parsed.querySelectorAll("g rect").length,
          variables: text.includes("var("),
          ground,
          words: parsed.documentElement.textContent,
        };
      }, svg.bytes.toString());
      expect(seen).toMatchObject({ errors: 0, variables: false });
      expect(seen.bars).toBeGreaterThan(10);
      expect(seen.words).toContain("truth");
      expect(seen.ground).toBe(colorScheme === "light" ? "rgb(255, 255, 255)" : "rgb(24, 27, 31)");
      const png = await saved(page, card, "PNG");
      const [width, height] = sizeOf(png.bytes);
      expect(width).toBeGreaterThan(400);
      expect(height).toBeGreaterThan(200);
      expect(png.bytes.length).toBeGreaterThan(3000);
    });
  });
}

test("the ELBO of a run as SVG and PNG", async ({ watched: page }) => {
  await openLab(page);
  await run(page);
  await page.getByRole("tab", { name: /Plots/ }).click();
  const answer = area(page, "Answer");
  await answer.getByRole("combobox", { name: "Plot" }).selectOption("ELBO");
  await expect(answer.getByRole("figure")).toContainText(/ELBO rises/);
  const svg = await saved(page, answer, "SVG");
  expect(svg.name).toMatch(/^elbo.*\.svg$/);
  expect(svg.bytes.toString()).toContain("<svg");
  const [width] = sizeOf((await saved(page, answer, "PNG")).bytes);
  expect(width).toBeGreaterThan(400);
});
