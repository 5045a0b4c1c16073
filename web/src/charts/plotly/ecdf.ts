import { quantile, sort } from "@/util/draws";
import { percent } from "@/util/format";
import { extent, padded } from "@/util/scale";
import { layout } from "./layout";
import type { Figure, Theme } from "./types";

const POINTS = 200;

/** Shares of the values at or below each point of a rising grid. */
export function sharesBelow(values: ArrayLike<number>, grid: number[]): number[] {
  const sorted = sort(values);
  let below = 0;
  return grid.map((point) => {
    while (below < sorted.length && (sorted[below] as number) <= point) below += 1;
    return below / (sorted.length || 1);
  });
}

/** Empirical distribution functions of simulated outcomes and of the observed one. */
export function predictiveEcdf(
  name: string,
  made: ArrayLike<number>[],
  observed: ArrayLike<number>,
  theme: Theme,
): Figure {
  const [low, high] = padded(
    extent([...made.flatMap((one) => extent(Array.from(one))), ...Array.from(observed)]),
    0.03,
  );
  const x = Array.from({ length: POINTS }, (_, i) => low + ((high - low) * i) / (POINTS - 1));
  const line = (values: ArrayLike<number>, style: Record<string, unknown>) => ({
    x,
    y: sharesBelow(values, x),
    type: "scatter",
    mode: "lines",
    hoverinfo: "skip",
    ...style,
  });
  const thin = { opacity: 0.35, line: { color: theme.series[2], width: 1, shape: "hv" } };
  const simulated = made.map((one, i) =>
    line(one, { ...thin, name: `${made.length} simulated`, showlegend: i === 0, legendgroup: "simulated" }),
  );
  const sorted = sort(observed);
  const rows = [5, 25, 50, 75, 95].map((share) => {
    const over = sort(made.map((one) => quantile(sort(one), share / 100)));
    return [percent(share / 100), quantile(sorted, share / 100), quantile(over, 0.03), quantile(over, 0.97)];
  });
  const base = layout(theme, { x: name, y: "share of rows at or below", legend: true });
  return {
    title: `If the model is right, the observed ${name} climbs within the simulated curves.`,
    data: [...simulated, line(observed, { name: "observed", line: { color: theme.ink, width: 3, shape: "hv" } })],
    layout: { ...base, yaxis: { ...(base["yaxis"] as object), tickformat: ".0%", range: [-0.02, 1.02] } },
    table: { columns: ["quantile", "observed", "simulated from", "to"], rows },
  };
}
