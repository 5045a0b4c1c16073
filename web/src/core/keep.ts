// What the browser keeps between visits: projects, the last result of each, and checkpoints of runs under way.
import type { DBSchema, IDBPDatabase } from "idb";
import type { Result } from "./lab";
import type { Project } from "./project";

/** A result without its fit, whose store's bytes are kept beside it. */
export type KeptResult = Omit<Result, "fit">;

export interface KeptProject {
  project: Project;
  changed: number;
  result: KeptResult | null;
  reference: { truth: number | null; naive: number | null } | null;
}

export interface Checkpoint {
  fingerprint: string;
  bytes: Uint8Array;
  done: number;
  total: number;
}

interface Schema extends DBSchema {
  projects: { key: string; value: KeptProject; indexes: { changed: number } };
  stores: { key: string; value: Uint8Array };
  checkpoints: { key: string; value: Checkpoint };
}

let opened: Promise<IDBPDatabase<Schema>> | null = null;

function database(): Promise<IDBPDatabase<Schema>> {
  opened ??= import("idb").then(({ openDB }) =>
    openDB<Schema>("dolab", 1, {
      upgrade(created) {
        created.createObjectStore("projects", { keyPath: "project.id" }).createIndex("changed", "changed");
        created.createObjectStore("stores");
        created.createObjectStore("checkpoints");
      },
    }),
  );
  opened.catch(() => (opened = null));
  return opened;
}

export async function keepProject(kept: KeptProject): Promise<void> {
  await (await database()).put("projects", kept);
}

export async function lastProject(): Promise<KeptProject | null> {
  const cursor = await (await database()).transaction("projects").store.index("changed").openCursor(null, "prev");
  return cursor?.value ?? null;
}

export async function keptProject(id: string): Promise<KeptProject | null> {
  return (await (await database()).get("projects", id)) ?? null;
}

export interface Listed {
  id: string;
  title: string;
  changed: number;
}

/** Newest first. */
export async function listProjects(): Promise<Listed[]> {
  const all = await (await database()).getAllFromIndex("projects", "changed");
  return all
    .map(({ project, changed }) => ({ id: project.id, title: project.experiment.title ?? "Untitled", changed }))
    .reverse();
}

/** The bytes of the .zarr.zip of a project's last result. */
export async function keepStore(id: string, bytes: Uint8Array | null): Promise<void> {
  const stores = await database();
  await (bytes ? stores.put("stores", bytes, id) : stores.delete("stores", id));
}

export async function keptStore(id: string): Promise<Uint8Array | null> {
  return (await (await database()).get("stores", id)) ?? null;
}

export async function keepCheckpoint(id: string, checkpoint: Checkpoint | null): Promise<void> {
  const kept = await database();
  await (checkpoint ? kept.put("checkpoints", checkpoint, id) : kept.delete("checkpoints", id));
}

export async function keptCheckpoint(id: string): Promise<Checkpoint | null> {
  return (await (await database()).get("checkpoints", id)) ?? null;
}
