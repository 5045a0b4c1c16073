// The database of this browser, as the page and the worker that keeps bytes open it.
import type { DBSchema, IDBPDatabase } from "idb";
import type { Reference, Result } from "./lab";
import type { Project } from "./project";

/** A result without its fit, whose store's bytes are kept beside it. */
export type KeptResult = Omit<Result, "fit">;

export interface KeptProject {
  /** Without the bytes of its files. */
  project: Project;
  /** Their names. */
  files: string[];
  changed: number;
  result: KeptResult | null;
  reference: Reference | null;
}

export interface Checkpoint {
  fingerprint: string;
  bytes: Uint8Array;
  done: number;
  total: number;
}

interface Schema extends DBSchema {
  projects: { key: string; value: KeptProject; indexes: { changed: number } };
  /** By project: the .zarr.zip of its last result. */
  stores: { key: string; value: Uint8Array };
  checkpoints: { key: string; value: Checkpoint };
  /** By `fileKey`. */
  files: { key: string; value: Uint8Array };
}

/** What may be large: the page never reads or writes it itself. */
export type BytesTable = "stores" | "checkpoints" | "files";

export const fileKey = (project: string, name: string): string => `${project}/${name}`;

let opened: Promise<IDBPDatabase<Schema>> | null = null;

export function database(): Promise<IDBPDatabase<Schema>> {
  opened ??= import("idb").then(({ openDB }) =>
    openDB<Schema>("dolab", 2, {
      upgrade(created) {
        for (const name of created.objectStoreNames) created.deleteObjectStore(name);
        created.createObjectStore("projects", { keyPath: "project.id" }).createIndex("changed", "changed");
        for (const name of ["stores", "checkpoints", "files"] as const) created.createObjectStore(name);
      },
    }),
  );
  opened.catch(() => (opened = null));
  return opened;
}
