// Keeps `table` true to the project's data, and puts other data in their place.
import { effect, signal } from "@preact/signals";
import { awake } from "../awake";
import { readColumns } from "../readColumns";
import type { Problem } from "../engine";
import { filesFor, sideEngine, toProblem } from "../engine";
import { project, table } from "../lab";
import type { TableState } from "../lab";
import { placed } from "../problems";
import type { Project } from "../project";
import { withTable } from "../project";
import { loadExample } from "../stored";
import { edit } from "./edit";
import { countChecksums } from "@/util/checksum";
import { counted } from "@/util/format";

/** The data of a project: a file with its bytes, or what stands in the experiment. */
function dataOf({ experiment, files }: Project) {
  const train = experiment.data?.train;
  if (typeof train !== "string") return { name: "Data of the experiment", inline: train ?? null, bytes: null };
  return { name: train, inline: null, bytes: files[train] ?? null };
}

const shapeText = (shape: number[]) => (shape.length === 1 ? counted(shape[0] ?? 0, "value") : shape.join(" × "));

/** Tables that were read lately, by their bytes. */
const known = new WeakMap<Uint8Array, TableState>();

/** A file of the project, or what stands in the experiment as one. */
async function read(name: string, files: Project["files"], inline: unknown): Promise<TableState> {
  const bytes = files[name];
  const before = bytes && known.get(bytes);
  if (before) return before;
  const state = await ask(name, files, inline);
  if (bytes) known.set(bytes, state);
  return state;
}

async function ask(name: string, files: Project["files"], inline: unknown): Promise<TableState> {
  try {
    const engine = await sideEngine();
    const bytes = filesFor(engine, files)[name] ?? JSON.stringify(inline);
    const { rows, columns, arguments: given } = await engine.table({ file: files[name] ? name : "data.json", bytes });
    if (columns.length > 0) return { kind: "ready", name, rows, columns: await readColumns(columns) };
    const describe = (shape: number[], value: unknown) => (shape.length > 0 ? shapeText(shape) : JSON.stringify(value));
    const values = given.map((one) => ({ name: one.name, text: describe(one.shape, one.value) }));
    return { kind: "arguments", name, values };
  } catch (error) {
    return { kind: "failed", name, problem: placed(toProblem(error), "error") };
  }
}

/** Reads the table whenever it is another one; the latest wins. */
export function watchTable(): () => void {
  let shown: unknown;
  return effect(() => {
    if (!awake.value) return;
    const { files } = project.value;
    const { name, bytes, inline } = dataOf(project.value);
    // An opened project has its table forgotten.
    const forgotten = table.value.kind === "empty";
    if ((bytes ?? inline) === shown && !(forgotten && shown)) return;
    shown = bytes ?? inline;
    if (!bytes && !inline) {
      table.value = { kind: "empty" };
      return;
    }
    const given = shown;
    table.value = { kind: "reading", name };
    void read(name, files, inline).then((state) => {
      if (shown === given) table.value = state;
    });
  });
}

/** Takes a table in place of the present one. */
export function takeTable(name: string, bytes: Uint8Array): void {
  refused.value = null;
  edit((before) => withTable(before, name, bytes));
}

/** A file that is no table, given to a project whose own table stays. */
export const refused = signal<{ project: string; name: string; problem: Problem; bytes: Uint8Array | null } | null>(
  null,
);

export function refuse(name: string, problem: Problem, bytes: Uint8Array | null): void {
  refused.value = { project: project.value.id, name, problem, bytes };
}

/** The same for a file that nobody has looked into. */
export async function takeTableFile(name: string, bytes: Uint8Array): Promise<void> {
  const { id } = project.value;
  refused.value = null;
  const state = await read(name, { [name]: bytes }, null);
  await countChecksums({ [name]: bytes });
  if (project.value.id !== id) return;
  if (state.kind === "failed") refuse(name, state.problem, bytes);
  else takeTable(name, bytes);
}

/** The data that the example came with, and how they were bound. */
export async function takeSample(example: string): Promise<void> {
  const { experiment, files } = await loadExample(example);
  const encoder = new TextEncoder();
  const bytes = Object.entries(files).map(([name, text]) => [name, encoder.encode(text)] as const);
  edit((before) => ({
    ...before,
    experiment: { ...before.experiment, ...(experiment.data ? { data: experiment.data } : {}) },
    files: Object.fromEntries(bytes),
  }));
}

/** "1,000 rows, 4 columns" */
export function sizeOf(state: TableState): string {
  if (state.kind === "ready") return `${counted(state.rows, "row")}, ${counted(state.columns.length, "column")}`;
  return state.kind === "arguments" ? counted(state.values.length, "value") : "";
}
