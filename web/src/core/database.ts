// The database of this browser, as the page and the worker that keeps bytes open it.
import type { DBSchema, IDBPDatabase } from "idb";
import type { Reference, Result } from "./lab";
import type { Project } from "./project";

/** A result without its fit, whose store's bytes are kept beside it. Earlier pages kept less of it. */
export type KeptResult = Omit<Result, "fit" | "made" | "supports"> & Partial<Pick<Result, "made" | "supports">>;

/** As this page would have kept it. */
export function upgraded(kept: KeptResult): Result {
  const result: Result = { made: "", supports: null, ...kept, fit: null };
  const { provenance } = kept;
  // Samplers counted iterations then too, and called them draws.
  if (provenance?.stopped?.unit !== "draw") return result;
  return { ...result, provenance: { ...provenance, stopped: { ...provenance.stopped, unit: "iteration" } } };
}

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

export interface KeptStore {
  /** Of the result that it belongs to. The first pages kept bytes alone, and results without a name. */
  made: string;
  bytes: Uint8Array;
}

interface Schema extends DBSchema {
  projects: { key: string; value: KeptProject; indexes: { changed: number } };
  /** By project: the .zarr.zip of its last result. */
  stores: { key: string; value: KeptStore | Uint8Array };
  checkpoints: { key: string; value: Checkpoint };
  /** By `fileKey`. */
  files: { key: string; value: Uint8Array };
}

/** What may be large: the page never reads or writes it itself. */
export type BytesTable = "stores" | "checkpoints" | "files";

export const fileKey = (project: string, name: string): string => `${project}/${name}`;

type Database = IDBPDatabase<Schema>;
type Step = (database: Database) => void;

/**
 * Version -> what it changed. A step that was released stays as it is: a database of any version is brought to the
 * newest by the steps that it lacks, and what it holds is changed by them alone. Version 1 was never released.
 */
const steps: Record<number, Step> = {
  2: (created) => {
    for (const name of created.objectStoreNames) created.deleteObjectStore(name);
    created.createObjectStore("projects", { keyPath: "project.id" }).createIndex("changed", "changed");
    for (const name of ["stores", "checkpoints", "files"] as const) created.createObjectStore(name);
  },
};
const newest = Math.max(...Object.keys(steps).map(Number));

/** What a database of that version lacks, in order; a new one has version 0. */
export function stepsAfter<S>(version: number, all: Record<number, S>): S[] {
  const lacking = Object.entries(all).filter(([step]) => Number(step) > version);
  return lacking.sort(([a], [b]) => Number(a) - Number(b)).map(([, step]) => step);
}

let opened: Promise<Database> | null = null;
const forget = () => (opened = null);

export function database(): Promise<Database> {
  opened ??= import("idb").then(({ openDB }) =>
    openDB<Schema>("dolab", newest, {
      upgrade(created, from) {
        for (const step of stepsAfter(from, steps)) step(created);
      },
      // A newer page in another tab waits for this one to let go.
      blocking(_, __, { target }) {
        (target as IDBDatabase).close();
        forget();
      },
      terminated: forget,
    }),
  );
  opened.catch(forget);
  return opened;
}
