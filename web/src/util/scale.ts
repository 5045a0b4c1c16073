// Linear scales and their ticks.
export interface Scale {
  (value: number): number;
  domain: [number, number];
  range: [number, number];
}

export function linear(domain: [number, number], range: [number, number]): Scale {
  const [low, high] = domain;
  const factor = (range[1] - range[0]) / (high - low || 1);
  return Object.assign((value: number) => range[0] + (value - low) * factor, { domain, range });
}

/** About `count` round numbers within the domain. */
export function ticks([low, high]: [number, number], count: number): number[] {
  if (!(high > low) || count < 1) return [low];
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Smallest and largest finite value; [0, 1] of nothing. */
export function extent(values: Iterable<number>): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 1];
}

/** The domain with `share` of its width added at both ends. */
export function padded([low, high]: [number, number], share = 0.05): [number, number] {
  const pad = (high - low) * share || Math.abs(low) * share || 0.5;
  return [low - pad, high + pad];
}
