// Large bytes on their way to the worker that keeps them, and back.
import type { Answered, Asked, Piece } from "./bytesWorker";
import type { BytesTable } from "./database";
import { inPieces } from "@/util/pieces";

type Question = Asked extends infer One ? (One extends { id: number } ? Omit<One, "id"> : never) : never;

const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
let worker: Worker | null = null;
let count = 0;
/** One thing at a time is sent, so that pieces do not mix. */
let turn: Promise<unknown> = Promise.resolve();

function start(): Worker {
  const started = new Worker(new URL("./bytesWorker.ts", import.meta.url), { type: "module" });
  started.onmessage = ({ data: { id, value, error } }: MessageEvent<Answered>) => {
    const asked = waiting.get(id);
    waiting.delete(id);
    if (error === null) asked?.resolve(value);
    else asked?.reject(new Error(error));
  };
  started.onerror = () => {
    for (const { reject } of waiting.values()) reject(new Error("the worker that keeps files was lost"));
    waiting.clear();
    worker = null;
  };
  return started;
}

function post(question: Question, transfer: Transferable[] = []): Promise<unknown> {
  worker ??= start();
  const id = ++count;
  const answer = new Promise<unknown>((resolve, reject) => waiting.set(id, { resolve, reject }));
  worker.postMessage({ ...question, id }, transfer);
  return answer;
}

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const done = turn.then(work);
  turn = done.catch(() => undefined);
  return done;
}

const postPiece = (piece: Piece) => post({ kind: "piece", piece }, [piece.bytes.buffer as ArrayBuffer]);

/** Keeps bytes that nobody needs any more: they are given away. */
export function giveBytes(table: BytesTable, key: string, bytes: Uint8Array, value: object | null): Promise<void> {
  return inTurn(async () => {
    void postPiece({ size: bytes.length, first: 0, bytes });
    await post({ kind: "put", table, key, value });
  });
}

/** Keeps a copy of bytes, which is made piece by piece. */
export function copyBytes(table: BytesTable, key: string, bytes: Uint8Array): Promise<void> {
  return inTurn(async () => {
    await inPieces(bytes, (piece, first) => postPiece({ size: bytes.length, first, bytes: piece.slice() }));
    await post({ kind: "put", table, key, value: null });
  });
}

/** The files of a zip archive, whose bytes are given away. */
export async function unzip(bytes: Uint8Array): Promise<Record<string, Uint8Array>> {
  const files = await inTurn(() => {
    void postPiece({ size: bytes.length, first: 0, bytes });
    return post({ kind: "unzip" });
  });
  return files as Record<string, Uint8Array>;
}

/** Bytes, or what is kept with them; null if there are none. */
export async function keptBytes<T>(table: BytesTable, key: string): Promise<T | null> {
  return (await inTurn(() => post({ kind: "get", table, key }))) as T | null;
}

export async function deleteBytes(table: BytesTable, key: string): Promise<void> {
  await inTurn(() => post({ kind: "delete", table, key }));
}

/** Of all whose keys begin so, keeps only some. */
export async function retainBytes(table: BytesTable, beginning: string, keys: string[]): Promise<void> {
  await inTurn(() => post({ kind: "retain", table, beginning, keys }));
}
