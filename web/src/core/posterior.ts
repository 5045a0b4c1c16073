// The posterior table: a row per number of a site, vectors folded to one row until they are opened.
import type { SiteSummary, Summary, Values } from "dolab";

export const statistics = ["mean", "sd", "mcse_mean", "hdi_low", "hdi_high", "ess_bulk", "ess_tail", "r_hat"] as const;
export type Statistic = (typeof statistics)[number];

export interface PosteriorRow {
  site: string;
  /** "" of a single number, "[3]", "[0, 1]" */
  element: string;
  values: Record<Statistic, number | null>;
}
export interface PosteriorSite {
  name: string;
  shape: number[];
  rows: PosteriorRow[];
  /** Of several numbers: the range of each statistic. */
  low: Record<Statistic, number | null>;
  high: Record<Statistic, number | null>;
}

function flatten(values: Values | undefined): (number | null)[] {
  return Array.isArray(values) ? values.flatMap(flatten) : [values ?? null];
}

/** Names of the elements of an array, the last index fastest. */
export function elementNames(shape: number[]): string[] {
  const size = shape.reduce((product, length) => product * length, 1);
  if (shape.length === 0) return [""];
  return Array.from({ length: size }, (_, flat) => {
    const index: number[] = [];
    for (let rest = flat, axis = shape.length - 1; axis >= 0; axis -= 1) {
      const length = shape[axis] as number;
      index.unshift(rest % length);
      rest = Math.floor(rest / length);
    }
    return `[${index.join(", ")}]`;
  });
}

const record = <T>(make: (statistic: Statistic) => T) =>
  Object.fromEntries(statistics.map((statistic) => [statistic, make(statistic)])) as Record<Statistic, T>;

export function posteriorSites({ sites }: Summary): PosteriorSite[] {
  return Object.entries(sites).map(([name, site]) => toSite(name, site));
}

function toSite(name: string, site: SiteSummary): PosteriorSite {
  const flat = record((statistic) => flatten(site[statistic]));
  const rows = elementNames(site.shape).map((element, i) => ({
    site: name,
    element,
    values: record((statistic) => flat[statistic][i] ?? null),
  }));
  const end = (pick: (...values: number[]) => number) =>
    record((statistic) => {
      const known = flat[statistic].filter((value) => value !== null);
      return known.length > 0 ? known.reduce((a, b) => pick(a, b)) : null;
    });
  return { name, shape: site.shape, rows, low: end(Math.min), high: end(Math.max) };
}

/** Of several numbers, the one that matters: the worst of a diagnostic, else the largest. */
function leading({ low, high }: PosteriorSite, by: Statistic): number {
  return (by.startsWith("ess") ? low[by] : high[by]) ?? NaN;
}

export function sortSites(sites: PosteriorSite[], by: Statistic | "site", descending: boolean): PosteriorSite[] {
  const sign = descending ? -1 : 1;
  if (by === "site") return [...sites].sort((a, b) => sign * a.name.localeCompare(b.name));
  return [...sites].sort((a, b) => {
    const [left, right] = [leading(a, by), leading(b, by)];
    if (Number.isNaN(left) || Number.isNaN(right)) return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
    return sign * (left - right);
  });
}

/** What is wrong with a diagnostic, by the limits of the core; null if nothing is. */
export function verdict(statistic: Statistic, value: number | null, chains: number): string | null {
  if (value === null) return null;
  if (statistic === "r_hat" && value > 1.01) return "above 1.01: the chains disagree";
  if (statistic.startsWith("ess") && value < 100 * chains) return "below 100 per chain: few independent draws";
  return null;
}
