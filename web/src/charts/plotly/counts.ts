import { quantile, sort } from "@/util/draws";
import { given } from "@/util/format";
import { extent, ticks } from "@/util/scale";
import { layout } from "./layout";
import type { Figure, Theme } from "./types";

/** Bars that fit beside each other. */
const MOST = 40;

/** The values that a whole-numbered outcome takes, several in one bar where there are many. */
export interface Levels {
  first: number;
  width: number;
  labels: string[];
}

export function levelsOf(low: number, high: number, most = MOST): Levels {
  const width = Math.max(Math.ceil((high - low + 1) / most), 1);
  const bars = Math.floor((high - low) / width) + 1;
  const labels = Array.from({ length: bars }, (_, i) => {
    const from = low + i * width;
    return width === 1 ? given(from) : `${given(from)} to ${given(from + width - 1)}`;
  });
  return { first: low, width, labels };
}

export function countsOf(values: ArrayLike<number>, { first, width, labels }: Levels): number[] {
  const seen = new Array<number>(labels.length).fill(0);
  for (let i = 0; i < values.length; i += 1) {
    const bar = Math.floor(((values[i] as number) - first) / width);
    if (bar in seen) seen[bar] = (seen[bar] ?? 0) + 1;
  }
  return seen;
}

/** How often each value is observed, and how often the model lets it occur. */
function predicted(made: ArrayLike<number>[], observed: ArrayLike<number>, levels: Levels) {
  const each = made.map((one) => countsOf(one, levels));
  const quantiles = levels.labels.map((_, bar) => {
    const sorted = sort(each.map((one) => one[bar] ?? 0));
    return [0.03, 0.5, 0.97].map((probability) => quantile(sorted, probability));
  });
  const at = (i: number) => quantiles.map((three) => three[i] ?? 0);
  return { seen: countsOf(observed, levels), from: at(0), middle: at(1), to: at(2) };
}

/** Bars of what was observed, intervals of what is simulated, on an axis that `bend` draws. */
function drawn(
  { seen, from, middle, to }: ReturnType<typeof predicted>,
  x: string[],
  bend: typeof Math.sqrt,
  theme: Theme,
) {
  const bent = middle.map(bend);
  return [
    { x, y: seen.map(bend), type: "bar", name: "observed", marker: { color: theme.series[0] }, opacity: 0.6 },
    {
      x,
      y: bent,
      type: "scatter",
      mode: "markers",
      name: "simulated, 94 %",
      marker: { color: theme.series[1], size: x.length > 20 ? 5 : 9 },
      error_y: {
        type: "data",
        symmetric: false,
        array: to.map((value, i) => bend(value) - (bent[i] ?? 0)),
        arrayminus: from.map((value, i) => (bent[i] ?? 0) - bend(value)),
        color: theme.series[1],
        thickness: x.length > 20 ? 1.5 : 2.5,
        width: x.length > 20 ? 3 : 8,
      },
    },
  ].map((trace) => ({ ...trace, hoverinfo: "skip" }));
}

function tableOf(name: string, labels: string[], { seen, from, to }: ReturnType<typeof predicted>) {
  const rows = labels.map((label, i) => [label, seen[i] ?? 0, from[i] ?? 0, to[i] ?? 0]);
  return { columns: [name, "observed", "simulated from", "to"], rows };
}

/** Yes or no: how many rows of each. */
export function predictiveShares(
  name: string,
  made: ArrayLike<number>[],
  observed: ArrayLike<number>,
  theme: Theme,
): Figure {
  const labels = ["no", "yes"];
  const found = predicted(made, observed, { first: 0, width: 1, labels });
  return {
    title: `If the model is right, the bars of the observed ${name} end within the simulated intervals.`,
    data: drawn(found, labels, (count) => count, theme),
    layout: layout(theme, { x: name, y: "rows", legend: true }),
    table: tableOf(name, labels, found),
  };
}

/** Counts, as a rootogram (Kleiber and Zeileis 2016): square roots of frequencies, so that rare values are seen too. */
export function rootogram(name: string, made: ArrayLike<number>[], observed: ArrayLike<number>, theme: Theme): Figure {
  const [low, high] = extent([...made.map((one) => extent(Array.from(one))), extent(Array.from(observed))].flat());
  const levels = levelsOf(low, high);
  const found = predicted(made, observed, levels);
  const base = layout(theme, { x: name, y: "rows (square-root scale)", legend: true });
  const roots = ticks([0, Math.sqrt(Math.max(...found.seen, ...found.to, 1))], 5);
  return {
    title: `If the model is right, the bars of the observed ${name} end within the simulated intervals.`,
    data: drawn(found, levels.labels, Math.sqrt, theme),
    layout: {
      ...base,
      xaxis: { ...(base["xaxis"] as object), type: "category", nticks: 10 },
      yaxis: {
        ...(base["yaxis"] as object),
        tickvals: roots,
        ticktext: roots.map((root) => given(Math.round(root * root))),
      },
    },
    table: tableOf(name, levels.labels, found),
  };
}
