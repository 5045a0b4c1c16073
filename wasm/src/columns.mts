// What callers give as data, as columns that the engine takes: {name, dtype, shape, values} or {name, value}.
import { fail } from "./errors.mjs";
import type { GivenFile, StagedChanges, StagedColumn } from "./protocol.mjs";
import { KeptBytes } from "./stores.mjs";
import type { Bytes, Changes, Data, DataFile, DType, KeptFile, Typed } from "./types.mjs";

/// Half of what an engine may have: data are bound, and evaluated, beside their own copy.
export const largestData = 2 ** 30;

const isTyped = (value: unknown): value is Typed => ArrayBuffer.isView(value) && !(value instanceof DataView);
const isWide = (value: Typed) => value instanceof BigInt64Array || value instanceof BigUint64Array;
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

const toNumbers = (data: Typed): ArrayLike<number> =>
  isWide(data)
    ? Float64Array.from(data as Iterable<unknown>, Number)
    : (data as Exclude<Typed, BigInt64Array | BigUint64Array>);

function dtypeOf(data: Typed): DType {
  return data instanceof Float64Array || data instanceof Float32Array ? "real" : "integer";
}

function typedColumn(name: string, data: Typed, shape: readonly unknown[] = [data.length]): StagedColumn {
  const extents = shape.map(Number);
  const size = extents.reduce((product, extent) => product * extent, 1);
  if (!extents.every((extent) => Number.isInteger(extent) && extent >= 0) || size !== data.length) {
    throw fail("E407", `"${name}" has ${data.length} values, and its shape says ${shape.join(" x ")}`);
  }
  return { name, dtype: dtypeOf(data), shape: extents, values: toNumbers(data) };
}

/// The extents of nested lists; undefined if they are ragged.
function shapeOf(list: readonly unknown[]): number[] | undefined {
  const shape: number[] = [];
  for (let level: unknown = list; Array.isArray(level); level = level[0]) shape.push(level.length);
  const fits = (value: unknown, depth: number): boolean =>
    depth === shape.length
      ? !Array.isArray(value)
      : Array.isArray(value) && value.length === shape[depth] && value.every((entry) => fits(entry, depth + 1));
  return fits(list, 0) ? shape : undefined;
}

function listColumn(name: string, list: readonly unknown[]): StagedColumn {
  const shape = shapeOf(list);
  const flat: unknown[] = list.flat(Infinity);
  const isMissing = (value: unknown) => value === null || value === undefined;
  const isCell = (value: unknown) => isMissing(value) || typeof value === "number" || typeof value === "boolean";
  if (!shape || !flat.every(isCell)) return { name, value: list }; // texts; or broken, which the engine says best
  const boolean = flat.length > 0 && flat.every((value) => typeof value === "boolean");
  const whole = (value: unknown) => Number.isSafeInteger(value) || typeof value === "boolean";
  const integer = !boolean && flat.length > 0 && flat.every(whole);
  const values = Float64Array.from(flat, (value) => (isMissing(value) ? NaN : Number(value)));
  return { name, dtype: boolean ? "boolean" : integer ? "integer" : "real", shape, values };
}

function toColumn(name: string, value: unknown): StagedColumn {
  if (isTyped(value)) return typedColumn(name, value);
  if (Array.isArray(value)) return listColumn(name, value);
  if (isObject(value) && isTyped(value.data) && Array.isArray(value.shape)) {
    return typedColumn(name, value.data, value.shape);
  }
  if (value === null || ["number", "boolean", "string"].includes(typeof value)) return { name, value };
  throw fail("E1004", `"${name}" is no column`, "give a typed array, a list, { data, shape }, or one value");
}

function requireFit(bytes: number): void {
  if (bytes <= largestData) return;
  const megabytes = (size: number) => `${Math.round(size / 1e6)} MB`;
  const message = `the data need ${megabytes(bytes)}, and an engine takes ${megabytes(largestData)}`;
  throw fail("E907", message, "use fewer rows, or the command line");
}

/// Files for the engine, by path. Throws E907 if they are too large.
export function writtenFiles(contents: Record<string, string | Bytes | KeptFile>): GivenFile[] {
  const given = Object.entries(contents).map(([path, content]) => ({ path, bytes: toFile(content) }));
  requireFit(given.reduce((sum, { bytes }) => sum + (bytes instanceof KeptBytes ? bytes.size : bytes.byteLength), 0));
  return given;
}

function toFile(content: string | Bytes | KeptFile): Uint8Array | KeptBytes {
  if (content instanceof KeptBytes) return content;
  if (typeof content === "object" && "dispose" in content) throw fail("E1103", "a kept file comes from engine.keep");
  return toBytes(content);
}

/// Without a copy where the bytes are all that their buffer has: what is posted is the whole buffer.
export function toBytes(content: string | Bytes): Uint8Array {
  if (typeof content === "string") return new TextEncoder().encode(content);
  const whole = content instanceof Uint8Array && content.byteLength === content.buffer.byteLength;
  return whole ? content : new Uint8Array(content);
}

export interface GivenData {
  columns: StagedColumn[];
  files: GivenFile[];
  path?: string;
}

const isFile = (data: Data): data is DataFile => typeof data.file === "string" && data.bytes !== undefined;

/// A data file is { file: "train.csv", bytes }: any format that the command line reads.
export function readData(data: Data | null | undefined): GivenData {
  if (data === undefined || data === null) return { columns: [], files: [] };
  if (isFile(data)) {
    const path = `/job/${data.file.replace(/^.*[/\\]/, "")}`;
    return { columns: [], files: writtenFiles({ [path]: data.bytes }), path };
  }
  const columns = Object.entries(data).map(([name, value]) => toColumn(name, value));
  const bytes = columns.reduce((sum, { values }) => sum + 8 * (values?.length ?? 0), 0);
  requireFit(bytes);
  return { columns, files: [] };
}

/// Typed arrays within JSON, as lists.
export function plain(value: unknown): unknown {
  if (isTyped(value)) return Array.from(toNumbers(value));
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)]));
}

const longest = 32; // values that go as JSON

/// Changes of a scenario as JSON. Long lists of numbers, one for each row, go as columns, and the change names them.
export function stageChanges(changes: Changes, side: string, columns: StagedColumn[]): StagedChanges {
  const stage = (target: string, change: Changes[string]): unknown => {
    const value: unknown = isObject(change) && "value" in change ? change.value : change;
    const long = (isTyped(value) || Array.isArray(value)) && value.length > longest;
    const column = long ? toColumn(`${side}: ${target}`, value) : undefined;
    if (!column || "value" in column) return plain(change);
    columns.push(column);
    return { staged: column.name };
  };
  return Object.fromEntries(Object.entries(changes).map(([target, change]) => [target, stage(target, change)]));
}
