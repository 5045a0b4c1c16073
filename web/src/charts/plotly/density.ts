import { density, meanAndSd, quantile, sort } from "@/util/draws";
import { percent, withSpread } from "@/util/format";
import { extent, padded } from "@/util/scale";
import { layout } from "./layout";
import type { Figure, Theme } from "./types";
import { dashOf } from "./types";

interface Interval {
  probability: number;
  low: number | null;
  high: number | null;
}

const POINTS = 200;

/** The density of each chain, with the interval that the core reports. */
export function densityPlot(name: string, chains: ArrayLike<number>[], hdi: Interval, theme: Theme): Figure {
  const domain = padded(extent(chains.flatMap((chain) => Array.from(chain))), 0.08);
  const x = Array.from({ length: POINTS }, (_, i) => domain[0] + ((domain[1] - domain[0]) * i) / (POINTS - 1));
  const lines = chains.map((chain, i) => ({
    x,
    y: density(chain, domain, POINTS),
    type: "scatter",
    mode: "lines",
    name: chains.length === 1 ? "draws" : `chain ${i + 1}`,
    line: { color: theme.series[1 + (i % 5)], width: 2, dash: dashOf(i) },
    ...(chains.length === 1 ? { fill: "tozeroy" } : {}),
    hoverinfo: "x+name",
  }));
  const bar = {
    x: [hdi.low, hdi.high],
    y: [0, 0],
    type: "scatter",
    mode: "lines",
    name: `${percent(hdi.probability)} HDI`,
    line: { color: theme.ink, width: 6 },
  };
  const { sd } = meanAndSd(chains.flatMap((chain) => Array.from(chain)));
  const rows = chains.map((chain, i) => {
    const sorted = sort(chain);
    return [`chain ${i + 1}`, ...[0.03, 0.5, 0.97].map((probability) => quantile(sorted, probability))];
  });
  return {
    title: `${percent(hdi.probability)} of the plausible values of ${name} lie between ${withSpread(hdi.low, sd)} and ${withSpread(hdi.high, sd)}.`,
    data: hdi.low === null || hdi.high === null ? lines : [...lines, bar],
    layout: layout(theme, { x: name, y: "density", legend: true }),
    table: { columns: ["chain", "3 %", "median", "97 %"], rows },
  };
}
