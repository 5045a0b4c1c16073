import { histogramOf, meanAndSd, quantile, sort } from "@/util/draws";
import { number, percent } from "@/util/format";
import { layout } from "./layout";
import type { Figure, Theme } from "./types";

/** What may be compared of whole data sets. */
export const statistics: { id: string; label: string; of: (values: ArrayLike<number>) => number }[] = [
  { id: "mean", label: "mean", of: (values) => meanAndSd(values).mean },
  { id: "sd", label: "standard deviation", of: (values) => meanAndSd(values).sd },
  { id: "smallest", label: "smallest value", of: (values) => sort(values)[0] ?? NaN },
  { id: "median", label: "median", of: (values) => quantile(sort(values), 0.5) },
  { id: "largest", label: "largest value", of: (values) => sort(values).at(-1) ?? NaN },
  {
    id: "zeros",
    label: "share of zeros",
    of: (values) => Array.from(values).filter((value) => value === 0).length / (values.length || 1),
  },
];

/** Where the observed value lies among the simulated ones: below 3 % or above 97 % it is a surprise. */
export function surprise(simulated: ArrayLike<number>, observed: number): { below: number; isUnusual: boolean } {
  const all = Array.from(simulated);
  const share = (holds: (value: number) => boolean) => all.filter(holds).length / (all.length || 1);
  const [below, equal] = [share((value) => value < observed), share((value) => value === observed)];
  return { below: below + equal / 2, isUnusual: below + equal < 0.03 || below > 0.97 };
}

/** One statistic of each simulated outcome, and of the observed one. */
export function predictiveStatistic(
  name: string,
  which: string,
  made: ArrayLike<number>[],
  observed: ArrayLike<number>,
  theme: Theme,
): Figure {
  const { label, of } = statistics.find(({ id }) => id === which) ?? (statistics[0] as (typeof statistics)[number]);
  const simulated = made.map(of);
  const seen = of(observed);
  const { below, isUnusual } = surprise(simulated, seen);
  const { start, width, counts } = histogramOf(simulated);
  const verdict = isUnusual ? ", so the model misses something here" : "";
  const quantiles = [0.03, 0.5, 0.97].map((probability) => quantile(sort(simulated), probability));
  return {
    title: `The ${label} of the observed ${name} is ${number(seen, 3)}: above ${percent(below)} of the simulated ones${verdict}.`,
    data: [
      {
        x: counts.map((_, i) => start + (i + 0.5) * width),
        y: counts,
        type: "bar",
        width,
        name: `${made.length} simulated`,
        marker: { color: theme.series[2] },
        opacity: 0.7,
        hoverinfo: "skip",
      },
      {
        x: [seen, seen],
        y: [0, Math.max(...counts)],
        type: "scatter",
        mode: "lines",
        name: "observed",
        line: { color: theme.ink, width: 3, dash: "dash" },
        hoverinfo: "skip",
      },
    ],
    layout: layout(theme, { x: `${label} of ${name}`, y: "simulated data sets", legend: true }),
    table: {
      columns: ["statistic", "observed", "simulated from", "median", "to"],
      rows: [[label, seen, ...quantiles]],
    },
  };
}
