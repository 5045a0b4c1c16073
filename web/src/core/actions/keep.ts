// Keeps the page's state as it changes, and brings it back.
import { batch, effect, signal } from "@preact/signals";
import { mainEngine } from "../engine";
import { holding, mayWrite } from "../hold";
import { upgraded } from "../database";
import type { Checkpoint, KeptProject } from "../keep";
import {
  keepCheckpoint,
  keepProject,
  keepStore,
  keptCheckpoint,
  keptProject,
  keptStore,
  lastProject,
  openDatabase,
} from "../keep";
import type { Result } from "../lab";
import type { Project } from "../project";
import { countChecksums } from "@/util/checksum";
import { check, project, reference, result, run, table } from "../lab";
import { fingerprint } from "../project";
import { notify } from "./edit";
import { openProject } from "./open";

/** When the browser keeps nothing (private windows, full disks), the page says so once and goes on. */
export const keeping = signal<"on" | "off">("on");

/** A run that the closing of the page cut off, and that fits the project as it is. */
export const interrupted = signal<Checkpoint | null>(null);

const QUIET_MS = 300;
let waiting: ReturnType<typeof setTimeout> | undefined;
/** The fit whose store was written last, so that one is written once. */
let storedFit: Result["fit"] = null;
let storing: Promise<unknown> = Promise.resolve();
/** What was brought back last, to see whether it was changed since. */
let restored: { project: Project; made: string } | null = null;

function snapshot(): Omit<KeptProject, "files"> {
  const shown = result.value;
  const { fit: _, ...kept } = shown ?? { fit: null };
  return {
    project: project.value,
    changed: Date.now(),
    result: shown ? (plain(kept) as KeptProject["result"]) : null,
    reference: reference.value,
  };
}

/** Reports of the engine may carry functions, which no database takes. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object" || ArrayBuffer.isView(value)) return value;
  const entries = Object.entries(value).filter(([, item]) => typeof item !== "function");
  return Object.fromEntries(entries.map(([key, item]) => [key, plain(item)]));
}

export async function keepNow(): Promise<void> {
  clearTimeout(waiting);
  waiting = undefined;
  if (keeping.value === "off" || project.value.id === "") return;
  if (!(await mayWrite())) return;
  try {
    await keepProject(snapshot());
  } catch (error) {
    cannotKeep(error);
  }
}

function cannotKeep(error: unknown): void {
  if (keeping.value === "off") return;
  keeping.value = "off";
  notify(
    `This browser keeps nothing, so a reload loses the project (${String(error)}). Export what you need.`,
    "error",
  );
}

/** At once, so that the fit outlives an engine that its first question ends. */
export function keepFit(id: string, { fit, made }: Result): void {
  if (!fit || fit === storedFit || keeping.peek() === "off" || holding.peek() !== "held") return;
  storedFit = fit;
  const bytes = fit.store().catch(() => null);
  storing = bytes.then(async (store) => store && (await mayWrite()) && keepStore(id, made, store)).catch(cannotKeep);
}

/** From now on, changes are kept a moment after they are made, and at once when the page is hidden. */
export function startKeeping(): void {
  effect(() => {
    if (result.value) keepFit(project.peek().id, result.value);
  });
  effect(() => {
    void [project.value, result.value, reference.value];
    clearTimeout(waiting);
    waiting = setTimeout(() => void keepNow(), QUIET_MS);
  });
  effect(() => {
    if (holding.value === "left") void takeOver();
  });
  addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && waiting !== undefined) void keepNow();
  });
}

/** Opens the project of the last visit; false if there was none, or it cannot be opened. */
export async function restoreLast(): Promise<boolean> {
  try {
    await openDatabase();
  } catch (error) {
    cannotKeep(error);
    return false;
  }
  try {
    const kept = await lastProject();
    if (kept) await restore(kept);
    return kept !== null;
  } catch (error) {
    notify(`The project of the last visit could not be opened: ${(error as Error).message}.`, "error");
    return false;
  }
}

/** The project as it is once more, to change it without losing the first; its result comes along. */
export async function duplicate(): Promise<void> {
  await keepNow();
  const { id, experiment } = project.value;
  const title = `${experiment.title ?? "Untitled"} (copy)`;
  const [shown, checked, read] = [result.value, check.value, table.value];
  storedFit = null;
  batch(() => {
    openProject({ ...project.value, id: crypto.randomUUID(), experiment: { ...experiment, title } });
    result.value = shown;
    check.value = checked;
    table.value = read;
  });
  // One that was still being opened, or is in the engine of nobody.
  if (shown && !shown.fit && shown.origin !== "stored") void reopenFit(project.value.id, null, id);
}

export async function openKept(id: string): Promise<void> {
  await keepNow();
  const kept = await keptProject(id);
  if (kept) await restore(kept);
}

/** The other tab is gone: what it kept takes the place of what is shown, unless something was done here. */
async function takeOver(): Promise<void> {
  const { id } = project.value;
  const untouched = () =>
    project.value === restored?.project && (result.value?.made ?? "") === restored.made && run.value.kind === "idle";
  const kept = untouched() ? await keptProject(id).catch(() => null) : null;
  if (kept && untouched()) await restore(kept).catch(cannotKeep);
}

async function restore(kept: KeptProject): Promise<void> {
  const { experiment } = kept.project;
  if (experiment?.dolab !== 1 || typeof experiment.model?.source !== "string") throw new Error("it is damaged");
  await countChecksums(kept.project.files);
  batch(() => {
    openProject(kept.project);
    reference.value = kept.reference;
    if (kept.result) result.value = upgraded(kept.result);
  });
  restored = { project: kept.project, made: kept.result?.made ?? "" };
  await findInterrupted(kept.project);
  if (kept.result && kept.result.origin !== "stored") void reopenFit(kept.project.id);
}

export async function findInterrupted(cutOff: Project): Promise<void> {
  // The run of another tab goes on there.
  const checkpoint = (await mayWrite()) ? await keptCheckpoint(cutOff.id).catch(() => null) : null;
  if (project.value.id !== cutOff.id) return;
  interrupted.value = checkpoint?.fingerprint === fingerprint(cutOff) ? checkpoint : null;
}

/** Shows what a store holds; its fit is kept like that of a run. */
export async function openStore(name: string, bytes: Uint8Array): Promise<void> {
  const { readStore } = await import("../opened");
  const opened = await readStore(name, bytes);
  await keepNow();
  batch(() => {
    openProject(opened.project);
    result.value = opened.result;
  });
  const fit = await (await mainEngine()).open(bytes);
  if (project.value.id !== opened.project.id || !result.value || result.value.fit) return;
  result.value = { ...result.value, fit };
}

/** Gives the shown result its fit back, so that effects can be asked of it again: where it has none, or a lost one. */
export async function reopenFit(id: string, lost: Result["fit"] = null, keptOf = id): Promise<void> {
  await storing;
  const made = result.value?.made ?? "";
  const bytes = await keptStore(keptOf, made).catch(() => null);
  if (!bytes) return;
  const fit = await (await mainEngine()).open(bytes);
  if (project.value.id !== id || result.value?.made !== made || result.value.fit !== lost) return;
  if (keptOf === id) storedFit = fit;
  result.value = { ...result.value, fit };
}

/** Called by runs as they go on; null when a run has ended. */
export async function keepRunCheckpoint(checkpoint: Checkpoint | null): Promise<void> {
  interrupted.value = null;
  const { id } = project.value;
  if (keeping.value === "off" || !(await mayWrite())) return;
  await keepCheckpoint(id, checkpoint).catch(() => undefined);
}
