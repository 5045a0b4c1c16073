// What the browser keeps between visits: projects, the last result of each, and checkpoints of runs under way.
import { copyBytes, deleteBytes, giveBytes, keptBytes, retainBytes } from "./bytes";
import type { Checkpoint, KeptProject, KeptStore } from "./database";
import { database, fileKey } from "./database";

export type { Checkpoint, KeptProject } from "./database";

/** Of each file, the bytes that were written last. */
const written = new Map<string, Uint8Array>();

/** With the bytes of its files, which are written before it, and only if they are others. */
export async function keepProject(kept: Omit<KeptProject, "files">): Promise<void> {
  const { files, ...project } = kept.project;
  const { id } = project;
  for (const [name, bytes] of Object.entries(files)) {
    const key = fileKey(id, name);
    if (written.get(key) === bytes) continue;
    await copyBytes("files", key, bytes);
    written.set(key, bytes);
  }
  const names = Object.keys(files);
  await (await database()).put("projects", { ...kept, project: { ...project, files: {} }, files: names });
  const gone = [...written.keys()].filter(
    (key) => key.startsWith(fileKey(id, "")) && !names.includes(key.slice(id.length + 1)),
  );
  if (gone.length === 0) return;
  for (const key of gone) written.delete(key);
  await retainBytes(
    "files",
    fileKey(id, ""),
    names.map((name) => fileKey(id, name)),
  );
}

async function withFiles(kept: KeptProject | null | undefined): Promise<KeptProject | null> {
  if (!kept) return null;
  const { id } = kept.project;
  const files: Record<string, Uint8Array> = {};
  for (const name of kept.files) {
    const bytes = await keptBytes<Uint8Array>("files", fileKey(id, name));
    if (!bytes) continue;
    files[name] = bytes;
    written.set(fileKey(id, name), bytes);
  }
  return { ...kept, project: { ...kept.project, files } };
}

/** Rejects where the browser keeps nothing. */
export async function openDatabase(): Promise<void> {
  await database();
}

export async function lastProject(): Promise<KeptProject | null> {
  const cursor = await (await database()).transaction("projects").store.index("changed").openCursor(null, "prev");
  return withFiles(cursor?.value);
}

export async function keptProject(id: string): Promise<KeptProject | null> {
  return withFiles(await (await database()).get("projects", id));
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

/** With its result and checkpoint. */
export async function deleteProject(id: string): Promise<void> {
  await (await database()).delete("projects", id);
  for (const key of written.keys()) if (key.startsWith(fileKey(id, ""))) written.delete(key);
  await retainBytes("files", fileKey(id, ""), []);
  for (const table of ["stores", "checkpoints"] as const) await deleteBytes(table, id);
}

/** The bytes of the .zarr.zip of a project's last result; they are given away. */
export async function keepStore(id: string, made: string, bytes: Uint8Array): Promise<void> {
  await giveBytes("stores", id, bytes, { made });
}

/** Null where the store is of another result: another tab has run, or the page was closed while it was written. */
export async function keptStore(id: string, made: string): Promise<Uint8Array | null> {
  const kept = await keptBytes<KeptStore | Uint8Array>("stores", id);
  if (kept instanceof Uint8Array) return made === "" ? kept : null;
  return kept?.made === made ? kept.bytes : null;
}

/** Its bytes are given away. */
export async function keepCheckpoint(id: string, checkpoint: Checkpoint | null): Promise<void> {
  if (!checkpoint) return deleteBytes("checkpoints", id);
  const { bytes, ...value } = checkpoint;
  await giveBytes("checkpoints", id, bytes, value);
}

export function keptCheckpoint(id: string): Promise<Checkpoint | null> {
  return keptBytes("checkpoints", id);
}
