// What the tests of figures share.
import { expect } from "vitest";
import type { Figure, Theme } from "@/charts/plotly/types";

export const theme: Theme = {
  ink: "#000",
  muted: "#555",
  line: "#ddd",
  surface: "#fff",
  bad: "#a00",
  accent: "#00a",
  series: ["#1", "#2", "#3", "#4", "#5", "#6"],
  font: "sans-serif",
};
export const noise = (length: number, seed: number) =>
  Float64Array.from({ length }, (_, i) => Math.sin(i * 12.9898 + seed) + Math.sin(i * 78.233 * (seed + 1)));

/** A whole sentence, something drawn, and the same as a table. */
export function expectWhole({ title, data, layout, table }: Figure): void {
  expect(title).toMatch(/^[A-Z0-9].*\.$/);
  expect(data.length).toBeGreaterThan(0);
  expect(layout["paper_bgcolor"]).toBe(theme.surface);
  expect(table.rows.length).toBeGreaterThan(0);
  for (const row of table.rows) expect(row.length).toBe(table.columns.length);
  expect(JSON.stringify([data, layout])).not.toContain("NaN");
}
