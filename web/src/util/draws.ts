// What charts need to know of draws. Diagnostics and intervals of results come from the core.

export interface Histogram {
  /** Left edge of the first bin. */
  start: number;
  width: number;
  counts: number[];
}

export function histogram(values: ArrayLike<number>, [low, high]: [number, number], bins: number): Histogram {
  const width = (high - low) / bins || 1;
  const counts = new Array<number>(bins).fill(0);
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] as number;
    if (!(value >= low && value <= high)) continue;
    const bin = Math.min(Math.floor((value - low) / width), bins - 1);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { start: low, width, counts };
}

/** Freedman and Diaconis (1981), within what a small chart can show. */
export function binCount(sorted: ArrayLike<number>, [low, high]: [number, number]): number {
  const width = (2 * (quantile(sorted, 0.75) - quantile(sorted, 0.25))) / Math.cbrt(sorted.length || 1);
  if (!(width > 0)) return 20;
  return Math.min(Math.max(Math.round((high - low) / width), 12), 48);
}

/** The distance of neighbouring values, of draws that are multiples of something; else null. */
function grain(sorted: Float64Array): number | null {
  let distinct = 1;
  let smallest = Infinity;
  for (let i = 1; i < sorted.length; i += 1) {
    const gap = (sorted[i] as number) - (sorted[i - 1] as number);
    if (gap <= 1e-9 * Math.max(Math.abs(sorted[i] as number), 1e-6)) continue;
    distinct += 1;
    smallest = Math.min(smallest, gap);
  }
  return distinct > 1 && distinct < sorted.length / 3 ? smallest : null;
}

/** A histogram over all draws. Bins of counts and shares hold equally many of their possible values. */
export function histogramOf(values: ArrayLike<number>): Histogram {
  const sorted = sort(values);
  const [low, high] = [sorted[0] ?? 0, sorted.at(-1) ?? 1];
  if (low === high) {
    const width = Math.abs(low) / 20 || 0.1;
    return { start: low - width / 2, width, counts: [sorted.length] };
  }
  const bins = binCount(sorted, [low, high]);
  const step = grain(sorted);
  if (step === null) return histogram(sorted, [low, high], bins);
  const width = step * Math.max(Math.round((high - low) / bins / step), 1);
  const start = low - step / 2;
  const count = Math.floor((high - start) / width) + 1;
  return histogram(sorted, [start, start + count * width], count);
}

export function sort(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values).sort();
}

/** Linear between order statistics. */
export function quantile(sorted: ArrayLike<number>, probability: number): number {
  const at = probability * (sorted.length - 1);
  const low = Math.floor(at);
  const below = sorted[low] ?? NaN;
  return below + (at - low) * ((sorted[low + 1] ?? below) - below);
}

/** The narrowest interval that holds `probability` of the draws. */
export function hdi(sorted: ArrayLike<number>, probability: number): [number, number] {
  const inside = Math.max(Math.min(Math.floor(probability * sorted.length), sorted.length - 1), 0);
  let best = 0;
  let width = Infinity;
  for (let i = 0; i + inside < sorted.length; i += 1) {
    const here = (sorted[i + inside] as number) - (sorted[i] as number);
    if (here < width) [best, width] = [i, here];
  }
  return [sorted[best] ?? NaN, sorted[best + inside] ?? NaN];
}

export function meanAndSd(values: ArrayLike<number>): { mean: number; sd: number } {
  let mean = 0;
  let squares = 0;
  for (let i = 0; i < values.length; i += 1) {
    const step = (values[i] as number) - mean;
    mean += step / (i + 1);
    squares += step * ((values[i] as number) - mean);
  }
  return { mean: values.length ? mean : NaN, sd: Math.sqrt(squares / Math.max(values.length - 1, 1)) };
}

/** Share of draws below zero and above. */
export function directions(values: ArrayLike<number>): { negative: number; positive: number } {
  let negative = 0;
  let positive = 0;
  for (let i = 0; i < values.length; i += 1) {
    if ((values[i] as number) < 0) negative += 1;
    else if ((values[i] as number) > 0) positive += 1;
  }
  const all = values.length || 1;
  return { negative: negative / all, positive: positive / all };
}

/** Kernel density on a grid: draws are put linearly on it and smoothed with a Gaussian of Silverman's width. */
export function density(values: ArrayLike<number>, [low, high]: [number, number], points = 200): number[] {
  const step = (high - low) / (points - 1) || 1;
  const grid = new Float64Array(points);
  let inside = 0;
  for (let i = 0; i < values.length; i += 1) {
    const at = ((values[i] as number) - low) / step;
    const left = Math.floor(at);
    if (!(left >= 0 && left < points)) continue;
    grid[left] = (grid[left] as number) + 1 - (at - left);
    if (left + 1 < points) grid[left + 1] = (grid[left + 1] as number) + at - left;
    inside += 1;
  }
  const sorted = sort(values);
  const { sd } = meanAndSd(values);
  const spread = Math.min(sd, (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / 1.34 || sd) || step;
  const width = Math.max((0.9 * spread) / (values.length || 1) ** 0.2 / step, 0.5);
  const reach = Math.min(Math.ceil(4 * width), points);
  const kernel = Array.from({ length: reach + 1 }, (_, i) => Math.exp((-0.5 * i * i) / (width * width)));
  const scale = 1 / ((inside || 1) * step * (kernel.reduce((sum, k) => sum + 2 * k, 0) - 1));
  return Array.from({ length: points }, (_, i) => {
    let sum = 0;
    const last = Math.min(i + reach, points - 1);
    for (let j = Math.max(i - reach, 0); j <= last; j += 1) {
      sum += (grid[j] as number) * (kernel[Math.abs(i - j)] as number);
    }
    return sum * scale;
  });
}
