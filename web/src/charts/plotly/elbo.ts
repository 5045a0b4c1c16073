import { quantile, sort } from "@/util/draws";
import { padded } from "@/util/scale";
import { layout } from "./layout";
import type { Figure, Theme } from "./types";

/** Means over `width` steps around each, fewer at both ends and where steps are missing. */
export function smooth(values: number[], steps: number[], width: number): number[] {
  const sums = [0];
  for (const value of values) sums.push((sums.at(-1) ?? 0) + value);
  return values.map((_, i) => {
    const step = steps[i] ?? 0;
    const within = (at: number) => at in values && Math.abs((steps[at] ?? 0) - step) <= width / 2;
    let near = 0;
    while (within(i - near - 1) && within(i + near + 1)) near += 1;
    return ((sums[i + near + 1] ?? 0) - (sums[i - near] ?? 0)) / (2 * near + 1);
  });
}

/** The ELBO of each step, and smoothed. */
export function elboPlot({ steps, losses }: { steps: number[]; losses: number[] }, theme: Theme): Figure {
  const elbo = losses.map((loss) => -loss);
  const smoothed = smooth(elbo, steps, (steps.at(-1) ?? 0) / 20);
  const sorted = sort(elbo);
  const line = (y: number[], name: string, width: number, opacity: number) => ({
    x: steps,
    y,
    name,
    opacity,
    type: "scatter",
    mode: "lines",
    line: { color: theme.series[2], width },
  });
  const made = layout(theme, { x: "step", y: "ELBO", legend: true });
  // The first steps of a bad start would squeeze all others.
  const range = padded([quantile(sorted, 0.05), quantile(sorted, 1)], 0.05);
  const shown = Array.from({ length: Math.min(elbo.length, 20) }, (_, i) => Math.round((i * (elbo.length - 1)) / 19));
  return {
    title: "The ELBO rises while the guide approaches the posterior; once it is flat, more steps change little.",
    data: [line(elbo, "each step", 1, 0.4), line(smoothed, "smoothed", 2.5, 1)],
    layout: { ...made, yaxis: { ...(made["yaxis"] as object), range } },
    table: {
      columns: ["step", "ELBO", "smoothed"],
      rows: shown.map((i) => [steps[i] ?? 0, elbo[i] ?? NaN, smoothed[i] ?? NaN]),
    },
  };
}
