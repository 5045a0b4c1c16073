import { layout } from "./layout";
import type { Figure, Theme } from "./types";
import { dashOf } from "./types";
import { meanAndSd } from "@/util/draws";
import { counted } from "@/util/format";
import { extent } from "@/util/scale";

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

/** Draws with a divergent transition, from 1. */
function divergent(flags: ArrayLike<number> | undefined): number[] {
  return Array.from(flags ?? [], (flag, draw) => (flag ? draw + 1 : 0)).filter((draw) => draw > 0);
}

/** A mark below the lines for each divergent transition. */
function rug(chains: ArrayLike<number>[], at: number[][], theme: Theme): Record<string, unknown>[] {
  const x = at.flat();
  if (x.length === 0) return [];
  const [low, high] = extent(chains.flatMap((chain) => extent(Array.from(chain))));
  return [
    {
      x,
      y: x.map(() => low - 0.06 * (high - low || 1)),
      text: at.flatMap((draws, chain) => draws.map((draw) => `chain ${chain + 1}, draw ${draw}`)),
      type: "scatter",
      mode: "markers",
      name: counted(x.length, "divergence"),
      marker: {
        symbol: "line-ns-open",
        size: 10,
        color: theme.bad,
        line: { width: 1, color: theme.bad },
        opacity: 0.7,
      },
      hoverinfo: "text+name",
    },
  ];
}

/** Draws in the order in which they were made, a line per chain; `diverging` flags draws of each. */
export function tracePlot(
  name: string,
  chains: ArrayLike<number>[],
  theme: Theme,
  diverging: ArrayLike<number>[] | null = null,
): Figure {
  const at = chains.map((_, i) => divergent(diverging?.[i]));
  const marks = rug(chains, at, theme);
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
    return [`chain ${i + 1}`, chain.length, mean, sd, ...(diverging ? [at[i]?.length ?? 0] : [])];
  });
  return {
    title: `The draws of ${name} in the order in which they were made: good chains overlap and look like noise.${marks.length > 0 ? " Marks below: transitions that diverged." : ""}`,
    data: [...lines, ...marks],
    layout: layout(theme, { x: "draw", y: name, legend: chains.length > 1 || marks.length > 0 }),
    table: { columns: ["chain", "draws", "mean", "sd", ...(diverging ? ["divergences"] : [])], rows },
  };
}
