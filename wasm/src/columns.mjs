// What callers give as data, as columns that the engine takes: {name, dtype, shape, values} or {name, value}.
import { fail } from "./errors.mjs";

/// Half of what an engine may have: data are bound, and evaluated, beside their own copy.
export const largestData = 2 ** 30;

const isTyped = (value) => ArrayBuffer.isView(value) && !(value instanceof DataView);
const wide = (value) => value instanceof BigInt64Array || value instanceof BigUint64Array;

function dtypeOf(typed) {
  return typed instanceof Float64Array || typed instanceof Float32Array ? "real" : "integer";
}

function typedColumn(name, data, shape = [data.length]) {
  const size = shape.reduce((product, extent) => product * extent, 1);
  if (!shape.every((extent) => Number.isInteger(extent) && extent >= 0) || size !== data.length) {
    throw fail("E407", `"${name}" has ${data.length} values, and its shape says ${shape.join(" x ")}`);
  }
  return { name, dtype: dtypeOf(data), shape: [...shape], values: wide(data) ? Float64Array.from(data, Number) : data };
}

/// The extents of nested lists; undefined if they are ragged.
function shapeOf(list) {
  const shape = [];
  for (let level = list; Array.isArray(level); level = level[0]) shape.push(level.length);
  const fits = (value, depth) =>
    depth === shape.length
      ? !Array.isArray(value)
      : Array.isArray(value) && value.length === shape[depth] && value.every((entry) => fits(entry, depth + 1));
  return fits(list, 0) ? shape : undefined;
}

function listColumn(name, list) {
  const shape = shapeOf(list);
  const flat = list.flat(Infinity);
  const missing = (value) => value === null || value === undefined;
  if (!shape || flat.some((value) => !missing(value) && typeof value !== "number" && typeof value !== "boolean")) {
    return { name, value: list }; // texts; or broken, which the engine says best
  }
  const boolean = flat.length > 0 && flat.every((value) => typeof value === "boolean");
  const whole = (value) => Number.isSafeInteger(value) || typeof value === "boolean";
  const integer = !boolean && flat.length > 0 && flat.every(whole);
  const values = Float64Array.from(flat, (value) => (missing(value) ? NaN : Number(value)));
  return { name, dtype: boolean ? "boolean" : integer ? "integer" : "real", shape, values };
}

function toColumn(name, value) {
  if (wide(value) || isTyped(value)) return typedColumn(name, value);
  if (Array.isArray(value)) return listColumn(name, value);
  if (value !== null && typeof value === "object" && isTyped(value.data) && Array.isArray(value.shape)) {
    return typedColumn(name, value.data, value.shape);
  }
  if (value === null || ["number", "boolean", "string"].includes(typeof value)) return { name, value };
  throw fail("E1004", `"${name}" is no column`, "give a typed array, a list, { data, shape }, or one value");
}

export const toBytes = (content) =>
  typeof content === "string" ? new TextEncoder().encode(content) : new Uint8Array(content);

/// A data file is { file: "train.csv", bytes }: any format that the command line reads.
export function readData(data) {
  if (data === undefined || data === null) return { columns: [], files: [] };
  if (typeof data.file === "string" && data.bytes !== undefined) {
    const path = `/job/${data.file.replace(/^.*[/\\]/, "")}`;
    return { columns: [], files: [{ path, bytes: toBytes(data.bytes) }], path };
  }
  const columns = Object.entries(data).map(([name, value]) => toColumn(name, value));
  const bytes = columns.reduce((sum, { values }) => sum + 8 * (values?.length ?? 0), 0);
  if (bytes > largestData) {
    const megabytes = (size) => `${Math.round(size / 1e6)} MB`;
    throw fail("E907", `the data need ${megabytes(bytes)}, and an engine takes ${megabytes(largestData)}`,
      "use fewer rows, or the command line");
  }
  return { columns, files: [] };
}

/// Typed arrays within JSON, as lists.
export function plain(value) {
  if (isTyped(value)) return Array.from(value, Number);
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)]));
}
