import { layout } from "./layout";
import type { Figure, Theme } from "./types";
import { dashOf } from "./types";

const BINS = 20;

/** Histogram of the ranks of each chain's draws among all draws; ties share their middle rank. */
export function rankCounts(chains: ArrayLike<number>[], bins = BINS): number[][] {
  const all = chains.flatMap((chain, i) => Array.from(chain, (value) => ({ value, chain: i })));
  all.sort((a, b) => a.value - b.value);
  const counts = chains.map(() => new Array<number>(bins).fill(0));
  for (let first = 0; first < all.length;) {
    let last = first;
    while (last + 1 < all.length && all[last + 1]?.value === all[first]?.value) last += 1;
    const bin = Math.min(Math.floor((((first + last + 1) / 2) * bins) / all.length), bins - 1);
    for (let i = first; i <= last; i += 1) {
      const row = counts[all[i]?.chain ?? 0];
      if (row) row[bin] = (row[bin] ?? 0) + 1;
    }
    first = last + 1;
  }
  return counts;
}

/** Vehtari et al. (2021), doi:10.1214/20-BA1221: the ranks of chains that agree are spread evenly. */
export function rankPlot(name: string, chains: ArrayLike<number>[], theme: Theme): Figure {
  const counts = rankCounts(chains);
  const draws = chains[0]?.length ?? 0;
  const expected = draws / BINS;
  // Two standard deviations of a binomial count, for independent draws.
  const spread = 2 * Math.sqrt(expected * (1 - 1 / BINS));
  const edges = Array.from({ length: BINS + 1 }, (_, i) => (i * draws * chains.length) / BINS);
  const lines = counts.map((row, i) => ({
    x: edges,
    y: [...row, row.at(-1)],
    type: "scatter",
    mode: "lines",
    name: `chain ${i + 1}`,
    line: { shape: "hv", color: theme.series[1 + (i % 5)], width: 2, dash: dashOf(i) },
  }));
  const even = {
    type: "rect",
    xref: "paper",
    x0: 0,
    x1: 1,
    y0: Math.max(expected - spread, 0),
    y1: expected + spread,
    fillcolor: theme.muted,
    opacity: 0.15,
    line: { width: 0 },
    layer: "below",
  };
  const made = layout(theme, { x: `rank of ${name} among all draws`, y: "draws", legend: true });
  return {
    title: `If the chains agree on ${name}, the ranks of each are spread evenly: most steps lie in the grey band.`,
    data: lines,
    layout: { ...made, shapes: [even], yaxis: { ...(made["yaxis"] as object), rangemode: "tozero" } },
    table: {
      columns: ["ranks from", ...counts.map((_, i) => `chain ${i + 1}`)],
      rows: Array.from({ length: BINS }, (_, bin) => [
        Math.round(edges[bin] ?? 0),
        ...counts.map((row) => row[bin] ?? 0),
      ]),
    },
  };
}
