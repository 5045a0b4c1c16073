// A worker that writes and reads large bytes in the browser's database, and unpacks archives: on the page's own thread
// that would hold it up.
import type { BytesTable } from "./database";
import { database } from "./database";

/** Bytes come in pieces, from the first to the last, before the request that has them. */
export interface Piece {
  size: number;
  first: number;
  bytes: Uint8Array;
}
export type Asked = { id: number } & (
  | { kind: "piece"; piece: Piece }
  /** What has come in pieces, beside `value` if there is one. */
  | { kind: "put"; table: BytesTable; key: string; value: object | null }
  | { kind: "get" | "delete"; table: BytesTable; key: string }
  /** Deletes all keys with this beginning but those. */
  | { kind: "retain"; table: BytesTable; beginning: string; keys: string[] }
  /** The files of the archive that has come in pieces. */
  | { kind: "unzip" }
);
export interface Answered {
  id: number;
  value: unknown;
  error: string | null;
}

/** As much as an engine takes. */
const LARGEST_UNPACKED = 2 ** 30;

let arriving: Uint8Array = new Uint8Array(0);

function take({ size, first, bytes }: Piece): void {
  if (first === 0) arriving = bytes.length === size ? bytes : new Uint8Array(size);
  if (bytes.length < size) arriving.set(bytes, first);
}

async function perform(asked: Asked): Promise<unknown> {
  if (asked.kind === "piece") return take(asked.piece);
  // Before the first wait: the pieces of the next ones may come in the meantime.
  const bytes = arriving;
  if (asked.kind === "unzip") return unzipped(bytes);
  const kept = await database();
  switch (asked.kind) {
    case "put": {
      const value = asked.value ? { ...asked.value, bytes } : bytes;
      await kept.put(asked.table, value as never, asked.key);
      return null;
    }
    case "get":
      return (await kept.get(asked.table, asked.key)) ?? null;
    case "delete":
      return kept.delete(asked.table, asked.key);
    case "retain": {
      const all = await kept.getAllKeys(asked.table, IDBKeyRange.bound(asked.beginning, `${asked.beginning}\uffff`));
      for (const key of all) if (!asked.keys.includes(key)) await kept.delete(asked.table, key);
    }
  }
}

async function unzipped(archive: Uint8Array): Promise<Record<string, Uint8Array>> {
  arriving = new Uint8Array(0);
  const { unzipSync } = await import("fflate");
  let size = 0;
  const filter = ({ originalSize }: { originalSize: number }) => {
    size += originalSize;
    if (size > LARGEST_UNPACKED) throw new Error("it unpacks to more than a page can hold");
    return true;
  };
  return unzipSync(archive, { filter });
}

/** Of bytes, or of an object of them. */
function buffersOf(value: unknown): ArrayBuffer[] {
  if (typeof value !== "object" || value === null) return [];
  const parts: unknown[] = value instanceof Uint8Array ? [value] : Object.values(value);
  const arrays = parts.filter((part) => part instanceof Uint8Array);
  return [...new Set(arrays.map(({ buffer }) => buffer as ArrayBuffer))];
}

self.onmessage = async ({ data }: MessageEvent<Asked>) => {
  const answer: Answered = { id: data.id, value: null, error: null };
  try {
    answer.value = await perform(data);
  } catch (error) {
    answer.error =
      error instanceof DOMException ? String(error) : error instanceof Error ? error.message : String(error);
  }
  self.postMessage(answer, { transfer: buffersOf(answer.value) });
};
