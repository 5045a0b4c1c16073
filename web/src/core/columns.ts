// What the data panel says about a column.
import { countBins, median } from "@/util/stats";
import type { TableColumn } from "./lab";

export type ColumnFacts =
  | { kind: "numbers"; low: number; middle: number; high: number; bins: number[] }
  | { kind: "levels"; levels: { name: string; count: number }[]; more: number }
  | { kind: "nothing" };

const mostBins = 20;
const mostLevels = 8;
const known = new WeakMap<TableColumn, ColumnFacts>();
export type Values = Pick<TableColumn, "type" | "values">;

/** What holds the numbers of all columns, each once: they share it. */
export function buffersOf(columns: Values[]): ArrayBuffer[] {
  return [...new Set(columns.map(({ values }) => (values as Float64Array<ArrayBuffer>).buffer))];
}

/** A cell that has no value. */
export function isMissing(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === "number" && Number.isNaN(value));
}

export function factsOf(column: TableColumn): ColumnFacts {
  const facts = known.get(column) ?? describe(column);
  known.set(column, facts);
  return facts;
}

export function remember(column: TableColumn, facts: ColumnFacts): void {
  known.set(column, facts);
}

export function describe(column: Values): ColumnFacts {
  return column.type === "real" || column.type === "integer" ? numbersOf(column) : levelsOf(column);
}

function finite(values: TableColumn["values"]): Float64Array {
  const numbers = new Float64Array(values.length);
  let count = 0;
  for (let row = 0; row < values.length; row += 1) {
    const value = Number(values[row]);
    if (Number.isFinite(value)) numbers[count++] = value;
  }
  return numbers.subarray(0, count);
}

function numbersOf({ values, type }: Values): ColumnFacts {
  const numbers = finite(values);
  if (numbers.length === 0) return { kind: "nothing" };
  let [low, high] = [Infinity, -Infinity];
  for (const value of numbers) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  // Few whole numbers: a bar for each.
  const whole = type === "integer" && high - low < mostBins;
  const parts = low === high ? 1 : mostBins;
  const [start, end, count] = whole ? [low - 0.5, high + 0.5, high - low + 1] : [low, high, parts];
  return { kind: "numbers", low, middle: median(numbers), high, bins: countBins(numbers, start, end, count) };
}

function levelsOf({ values, type }: Values): ColumnFacts {
  const found = new Map<unknown, number>();
  for (let row = 0; row < values.length; row += 1) found.set(values[row], (found.get(values[row]) ?? 0) + 1);
  const counts = new Map<string, number>();
  for (const [value, count] of found) {
    if (isMissing(value)) continue;
    const name = type === "boolean" ? (Number(value) === 0 || value === "false" ? "false" : "true") : String(value);
    counts.set(name, (counts.get(name) ?? 0) + count);
  }
  const levels = Array.from(counts, ([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count);
  if (levels.length === 0) return { kind: "nothing" };
  return { kind: "levels", levels: levels.slice(0, mostLevels), more: Math.max(0, levels.length - mostLevels) };
}

/** A cell as text: numbers as they would be typed, nothing for what is missing. */
export function cellText(column: TableColumn, row: number): string {
  const value = column.values[row];
  if (isMissing(value)) return "";
  return column.type === "boolean" && typeof value === "number" ? String(value !== 0) : String(value);
}

/** In characters, of what a column mostly shows, so that columns stay as wide as they are while rows go by. */
export function cellWidth(column: TableColumn): number {
  const { length } = column.values;
  const looks = Math.min(length, 200);
  let width = 0;
  for (let i = 0; i < looks; i += 1) {
    width = Math.max(width, shownCell(column, Math.floor((i * length) / looks)).length);
  }
  return Math.min(width, 40);
}

/** A cell to look at: eight digits say enough. */
export function shownCell(column: TableColumn, row: number): string {
  const value = column.values[row];
  const real = column.type === "real" && typeof value === "number" && Number.isFinite(value);
  return real ? String(Number(value.toPrecision(8))) : cellText(column, row);
}
