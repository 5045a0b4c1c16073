import { describe, expect, it } from "vitest";
import { countsOf, levelsOf, predictiveShares, rootogram } from "@/charts/plotly/counts";
import { predictiveEcdf, sharesBelow } from "@/charts/plotly/ecdf";
import { predictiveDensity, replicates } from "@/charts/plotly/predictive";
import { predictiveStatistic, surprise } from "@/charts/plotly/statistic";
import type { Figure } from "@/charts/plotly/types";
import { expectWhole, noise, theme } from "./figures";

const real = replicates(noise(1000, 1), 100);
const seen = noise(100, 7);
const shares = predictiveShares("y", [Float64Array.of(0, 1, 1), Float64Array.of(1, 1, 1)], [0, 0, 1], theme);
const roots = rootogram("y", [Float64Array.of(0, 1, 4), Float64Array.of(2, 2, 130)], [0, 0, 9], theme);

describe("every figure of a check", () => {
  it.each<[string, Figure]>([
    ["density", predictiveDensity("y", real, seen, theme)],
    ["shares", shares],
    ["rootogram", roots],
    ["ecdf", predictiveEcdf("y", real, seen, theme)],
    ["statistic", predictiveStatistic("y", "largest", real, seen, theme)],
  ])("%s has a sentence, data and a table", (_, figure) => expectWhole(figure));
});

describe("predictive checks", () => {
  it("take whole replicated outcomes, evenly spaced", () => {
    const made = replicates(
      Float64Array.from({ length: 60 }, (_, i) => i),
      3,
      5,
    );
    expect(made.map((one) => Array.from(one))).toEqual([
      [0, 1, 2],
      [12, 13, 14],
      [24, 25, 26],
      [36, 37, 38],
      [48, 49, 50],
    ]);
  });
  it("count booleans", () => {
    expect(shares.table.rows.map(([label, observed]) => [label, observed])).toEqual([
      ["no", 2],
      ["yes", 1],
    ]);
  });
  it("count every value, several in one bar where there are many", () => {
    const levels = levelsOf(0, 130);
    expect(levels.labels.slice(0, 2)).toEqual(["0 to 3", "4 to 7"]);
    expect(levels.labels.length).toBeLessThanOrEqual(40);
    expect(countsOf([0, 3, 4, 130], levels).reduce((sum, count) => sum + count, 0)).toBe(4);
    expect(levelsOf(-1, 1).labels).toEqual(["−1", "0", "1"]);
  });
  it("show roots of frequencies, and frequencies at the axis", () => {
    const { data, layout } = roots;
    expect((data[0]?.["y"] as number[])[0]).toBeCloseTo(Math.sqrt(2));
    const { tickvals, ticktext } = layout["yaxis"] as { tickvals: number[]; ticktext: string[] };
    expect(ticktext).toEqual(tickvals.map((root) => String(Math.round(root * root))));
  });
  it("say when the observed value is one that the model hardly makes", () => {
    const simulated = Array.from({ length: 100 }, (_, i) => i);
    expect(surprise(simulated, 50)).toEqual({ below: 0.505, isUnusual: false });
    expect(surprise(simulated, 1).isUnusual).toBe(true);
    expect(surprise(simulated, 200).isUnusual).toBe(true);
    expect(surprise([0, 0, 0], 0).isUnusual).toBe(false);
  });
  it("rise from nothing to all", () => {
    expect(sharesBelow([3, 1, 2, 2], [0, 1, 2, 5])).toEqual([0, 0.25, 0.75, 1]);
  });
});
