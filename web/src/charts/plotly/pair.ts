import { meanAndSd } from "@/util/draws";
import { axis, layout } from "./layout";
import type { Figure, Theme } from "./types";

export interface PairSite {
  name: string;
  draws: ArrayLike<number>;
}

const MOST = 2000;

function spaced(draws: ArrayLike<number>): number[] {
  const stride = Math.max(Math.ceil(draws.length / MOST), 1);
  const kept: number[] = [];
  for (let i = 0; i < draws.length; i += stride) kept.push(draws[i] as number);
  return kept;
}

export function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [left, right] = [meanAndSd(a), meanAndSd(b)];
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += ((a[i] as number) - left.mean) * ((b[i] as number) - right.mean);
  return sum / (Math.max(a.length - 1, 1) * left.sd * right.sd);
}

const MOST_DIVERGENT = 500;

/** Which draws diverged, some of many. */
function divergent(diverging: ArrayLike<number> | null): number[] {
  const all = Array.from(diverging ?? [], (flag, draw) => (flag ? draw : -1)).filter((draw) => draw >= 0);
  const stride = Math.max(Math.ceil(all.length / MOST_DIVERGENT), 1);
  return all.filter((_, i) => i % stride === 0);
}

/** Every pair of sites as contours, each alone on the diagonal; `diverging` flags draws to be marked. */
export function pairPlot(sites: PairSite[], theme: Theme, diverging: ArrayLike<number> | null = null): Figure {
  const marked = divergent(diverging);
  const markedOf = (site: number) => marked.map((draw) => sites[site]?.draws[draw] as number);
  const data: Record<string, unknown>[] = [];
  const size = sites.length;
  const made: Record<string, unknown> = { ...layout(theme, { x: "", y: "" }), height: Math.max(130 * size, 300) };
  delete made["xaxis"];
  delete made["yaxis"];
  const gap = 0.03;
  const kept = sites.map(({ draws }) => spaced(draws));
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column <= row; column += 1) {
      const number = row * size + column + 1;
      const suffix = number === 1 ? "" : String(number);
      const place = (at: number) => [at / size + gap / 2, (at + 1) / size - gap / 2];
      const last = row === size - 1;
      made[`xaxis${suffix}`] = {
        ...axis(theme, last ? (sites[column]?.name ?? "") : ""),
        domain: place(column),
        anchor: `y${suffix}`,
        showticklabels: last,
        nticks: 3,
      };
      made[`yaxis${suffix}`] = {
        ...axis(theme, column === 0 && row > 0 ? (sites[row]?.name ?? "") : ""),
        domain: place(size - 1 - row),
        anchor: `x${suffix}`,
        showticklabels: column === 0 && row > 0,
        nticks: 3,
      };
      const axes = { xaxis: `x${suffix}`, yaxis: `y${suffix}`, x: kept[column], hoverinfo: "skip" };
      data.push(
        row === column
          ? { ...axes, type: "histogram", nbinsx: 30, marker: { color: theme.series[1] } }
          : {
              ...axes,
              y: kept[row],
              type: "histogram2dcontour",
              ncontours: 6,
              showscale: false,
              colorscale: [
                [0, theme.surface],
                [1, theme.series[2]],
              ],
              line: { width: 0.5, color: theme.muted },
            },
      );
      if (row === column || marked.length === 0) continue;
      const marker = { symbol: "x-thin-open", size: 5, color: theme.bad, line: { width: 1, color: theme.bad } };
      data.push({ ...axes, x: markedOf(column), y: markedOf(row), type: "scatter", mode: "markers", marker });
    }
  }
  const rows = sites
    .slice(1)
    .flatMap((one, i) =>
      sites
        .slice(0, i + 1)
        .map((other) => [other.name, one.name, Math.round(1000 * correlation(other.draws, one.draws)) / 1000]),
    );
  return {
    title: `How ${sites.map(({ name }) => name).join(", ")} hang together: a narrow slope means that the data fix only a combination.${marked.length > 0 ? " Crosses: draws whose transition diverged." : ""}`,
    data,
    layout: made,
    table: { columns: ["site", "and", "correlation"], rows },
  };
}
