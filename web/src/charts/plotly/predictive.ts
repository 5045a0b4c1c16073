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
