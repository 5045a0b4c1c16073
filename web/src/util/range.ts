// What a column of numbers looks like: its range, its histogram, numbers at a sensible precision.
import { quantile } from "./draws";

/** The range that a slider covers, and what the data cover. */
export interface Range {
  /** 1 % and 99 % quantile, and the middle. */
  low: number;
  high: number;
  median: number;
  /** A round step, about a hundredth of the range. */
  step: number;
  /** Only 0 and 1 occur. */
  binary: boolean;
  integer: boolean;
}

const most = 20_000;

/** Finite values in order; of long columns evenly spaced ones. */
export function sorted(values: ArrayLike<number | string | boolean>): Float64Array {
  const stride = Math.max(1, Math.ceil(values.length / most));
  const kept: number[] = [];
  for (let i = 0; i < values.length; i += stride) {
    const value = Number(values[i]);
    if (Number.isFinite(value)) kept.push(value);
  }
  return Float64Array.from(kept).sort();
}

/** 1, 2 or 5 times a power of ten, at most `step`. */
export function roundStep(step: number): number {
  if (!(step > 0) || !Number.isFinite(step)) return 1;
  const power = 10 ** Math.floor(Math.log10(step));
  const leading = step / power;
  const round = leading >= 5 ? 5 : leading >= 2 ? 2 : 1;
  return Number((round * power).toPrecision(1));
}

export function rangeOf(ordered: Float64Array): Range | null {
  if (ordered.length === 0) return null;
  const integer = ordered.every((value) => Number.isInteger(value));
  const [low, high] = [quantile(ordered, 0.01), quantile(ordered, 0.99)];
  const binary = ordered.every((value) => value === 0 || value === 1);
  const step = integer ? Math.max(1, roundStep((high - low) / 100)) : roundStep((high - low) / 100);
  return { low, high, median: quantile(ordered, 0.5), step, binary, integer };
}

/** Ends of a slider: steps from the one just below the data to the one just above. */
export function sliderEnds({ low, high, step }: Range): { min: number; max: number } {
  return { min: tidy(Math.floor(low / step) * step), max: tidy(Math.ceil(high / step) * step) };
}

/** Further from the data than a step. */
export function isBeyond(value: number, { low, high, step }: Range): boolean {
  return value < low - step || value > high + step;
}

/** 0.30000000000000004 is 0.3. */
export function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

/** As many digits as a step asks for; a proper minus. */
export function atStep(value: number, step: number): string {
  const digits = Math.min(10, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
  const text = Math.abs(value) >= 1e6 ? value.toPrecision(4) : value.toFixed(digits);
  return text.replace("-", "−");
}
