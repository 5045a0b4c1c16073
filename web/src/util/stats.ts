// Describing a column: order, range, counts.

/** The value that would be at `rank` (from 0) in order; changes the order of `values`. */
export function select(values: Float64Array, rank: number): number {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const pivot = values[(low + high) >> 1] ?? 0;
    let [left, right] = [low, high];
    while (left <= right) {
      while ((values[left] ?? 0) < pivot) left += 1;
      while ((values[right] ?? 0) > pivot) right -= 1;
      if (left > right) break;
      const kept = values[left] ?? 0;
      values[left++] = values[right] ?? 0;
      values[right--] = kept;
    }
    if (rank <= right) high = right;
    else if (rank >= left) low = left;
    else break;
  }
  return values[rank] ?? Number.NaN;
}

export function median(values: Float64Array): number {
  if (values.length === 0) return Number.NaN;
  const copy = values.slice();
  const upper = select(copy, copy.length >> 1);
  if (copy.length % 2 === 1) return upper;
  return (upper + select(copy, (copy.length >> 1) - 1)) / 2;
}

/** Counts in `bins` equal parts of [low, high]; the last one has both its ends. */
export function countBins(values: Float64Array, low: number, high: number, bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  const width = (high - low) / bins;
  for (const value of values) {
    const bin = width > 0 ? Math.min(bins - 1, Math.floor((value - low) / width)) : 0;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}
