import { density, meanAndSd, quantile, sort } from "@/util/draws";
import { extent, padded } from "@/util/scale";
import { layout } from "./layout";
import type { Figure, Theme } from "./types";

const POINTS = 200;
const CURVES = 50;

/** Evenly spaced draws of a whole replicated outcome each. */
export function replicates(data: ArrayLike<number>, rows: number, most = CURVES): Float64Array[] {
  const draws = Math.floor(data.length / rows);
  const kept = Math.min(draws, most);
  return Array.from({ length: kept }, (_, i) => {
    const first = Math.floor((i * draws) / kept) * rows;
    return Float64Array.from({ length: rows }, (_, row) => data[first + row] as number);
  });
}

/** Real outcomes: densities of data that the model makes up, and of those that were observed. */
export function predictiveDensity(
  name: string,
  made: ArrayLike<number>[],
  observed: ArrayLike<number>,
  theme: Theme,
): Figure {
  const domain = padded(extent([...made.flatMap((one) => Array.from(one)), ...Array.from(observed)]), 0.03);
  const x = Array.from({ length: POINTS }, (_, i) => domain[0] + ((domain[1] - domain[0]) * i) / (POINTS - 1));
  const curve = (values: ArrayLike<number>, style: Record<string, unknown>) => ({
    x,
    y: density(values, domain, POINTS),
    type: "scatter",
    mode: "lines",
    hoverinfo: "skip",
    ...style,
  });
  const simulated = made.map((one, i) =>
    curve(one, {
      name: `${made.length} simulated`,
      showlegend: i === 0,
      legendgroup: "simulated",
      opacity: 0.35,
      line: { color: theme.series[2], width: 1 },
    }),
  );
  const statistics = (values: ArrayLike<number>) => {
    const sorted = sort(values);
    const { mean, sd } = meanAndSd(values);
    return [mean, sd, sorted[0] ?? NaN, quantile(sorted, 0.5), sorted.at(-1) ?? NaN];
  };
  const over = made.map(statistics);
  const range = (at: number) => {
    const sorted = sort(over.map((one) => one[at] ?? NaN));
    return [quantile(sorted, 0.03), quantile(sorted, 0.97)];
  };
  const names = ["mean", "sd", "smallest", "median", "largest"];
  const seen = statistics(observed);
  return {
    title: `If the model is right, the observed ${name} looks like one of the simulated ones.`,
    data: [...simulated, curve(observed, { name: "observed", line: { color: theme.ink, width: 3 } })],
    layout: layout(theme, { x: name, y: "density", legend: true }),
    table: {
      columns: ["statistic", "observed", "simulated from", "to"],
      rows: names.map((label, i) => [label, seen[i] ?? NaN, ...range(i)]),
    },
  };
}

/** Counts of each value that a whole-numbered outcome takes. */
function counts(values: ArrayLike<number>, levels: number[]): number[] {
  const seen = new Map<number, number>();
  for (let i = 0; i < values.length; i += 1) seen.set(values[i] as number, (seen.get(values[i] as number) ?? 0) + 1);
  return levels.map((level) => seen.get(level) ?? 0);
}

/** Boolean and count outcomes: how often each value occurs, and how often the model lets it. */
export function predictiveBars(
  name: string,
  made: ArrayLike<number>[],
  observed: ArrayLike<number>,
  boolean: boolean,
  theme: Theme,
): Figure {
  const [low, high] = extent([...made.flatMap((one) => Array.from(one)), ...Array.from(observed)]);
  const levels = boolean ? [0, 1] : Array.from({ length: Math.min(high - low, 60) + 1 }, (_, i) => low + i);
  const labels = levels.map((level) => (boolean ? (level ? "yes" : "no") : String(level)));
  const seen = counts(observed, levels);
  const each = made.map((one) => counts(one, levels));
  const quantiles = levels.map((_, i) => {
    const sorted = sort(each.map((one) => one[i] ?? 0));
    return [0.03, 0.5, 0.97].map((probability) => quantile(sorted, probability));
  });
  const at = (i: number) => quantiles.map((three) => three[i] ?? 0);
  const [from, middle, to] = [at(0), at(1), at(2)];
  return {
    title: `If the model is right, the bars of the observed ${name} end within the simulated intervals.`,
    data: [
      { x: labels, y: seen, type: "bar", name: "observed", marker: { color: theme.series[0] }, opacity: 0.6 },
      {
        x: labels,
        y: middle,
        type: "scatter",
        mode: "markers",
        name: "simulated, 94 %",
        marker: { color: theme.series[1], size: 9 },
        error_y: {
          type: "data",
          symmetric: false,
          array: to.map((value, i) => value - (middle[i] ?? 0)),
          arrayminus: middle.map((value, i) => value - (from[i] ?? 0)),
          color: theme.series[1],
          thickness: 2.5,
          width: 8,
        },
      },
    ],
    layout: layout(theme, { x: name, y: "rows", legend: true }),
    table: {
      columns: [name, "observed", "simulated from", "to"],
      rows: labels.map((label, i) => [label, seen[i] ?? 0, from[i] ?? 0, to[i] ?? 0]),
    },
  };
}
