import { layout } from "./layout";
import type { Figure, Theme } from "./types";
import { dashOf } from "./types";
import { meanAndSd } from "@/util/draws";

/** Points of a line: of each stretch the smallest and the largest, so that no spike is lost. */
export function thin(values: ArrayLike<number>, most: number): { x: number[]; y: number[] } {
  const x: number[] = [];
  const y: number[] = [];
  const stretch = Math.max(Math.ceil((2 * values.length) / most), 1);
  for (let first = 0; first < values.length; first += stretch) {
    let [low, high] = [first, first];
    for (let i = first; i < Math.min(first + stretch, values.length); i += 1) {
      if ((values[i] as number) < (values[low] as number)) low = i;
      if ((values[i] as number) > (values[high] as number)) high = i;
    }
    for (const at of low === high ? [low] : [Math.min(low, high), Math.max(low, high)]) {
      x.push(at + 1);
      y.push(values[at] as number);
    }
  }
  return { x, y };
}

/** Draws in the order in which they were made, a line per chain. */
export function tracePlot(name: string, chains: ArrayLike<number>[], theme: Theme): Figure {
  const lines = chains.map((chain, i) => ({
    ...thin(chain, 1600 / chains.length),
    type: "scatter",
    mode: "lines",
    name: `chain ${i + 1}`,
    line: { color: theme.series[1 + (i % 5)], width: 1, dash: i < 5 ? "solid" : dashOf(i) },
    hoverinfo: "x+y+name",
  }));
  const rows = chains.map((chain, i) => {
    const { mean, sd } = meanAndSd(chain);
    return [`chain ${i + 1}`, chain.length, mean, sd];
  });
  return {
    title: `The draws of ${name} in the order in which they were made: good chains overlap and look like noise.`,
    data: lines,
    layout: layout(theme, { x: "draw", y: name, legend: chains.length > 1 }),
    table: { columns: ["chain", "draws", "mean", "sd"], rows },
  };
}
