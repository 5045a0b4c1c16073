// A project and its result from a result store, which keeps the experiment, the model's text and the data it used.
import type { OpenedFit, Summary } from "dolab";
import { sideEngine, toProblem } from "./engine";
import type { Changes, Experiment } from "./experiment";
import type { EffectView, Result, TableState } from "./lab";
import { addLoss, noLive } from "./live";
import type { Project } from "./project";
import { fingerprint } from "./project";
import { countChecksums } from "@/util/checksum";

export interface OpenedStore {
  project: Project;
  /** Without its fit: the engine that answers questions of it opens the store again. */
  result: Result;
}

const waiting: EffectView = { kind: "waiting", report: null, draws: [], rows: null, problem: null };

/** Reads a store beside the work of the page; throws a sentence if it holds no fit. */
export async function readStore(name: string, bytes: Uint8Array): Promise<OpenedStore> {
  const engine = await sideEngine();
  const fit = await engine.open(bytes.slice()).catch((error: unknown) => {
    throw new Error(refusal(name, error), { cause: error });
  });
  try {
    const project = await projectOf(fit);
    await countChecksums(project.files);
    const { hdi_prob, effects } = project.experiment;
    const summary = await fit.summary(hdi_prob === undefined ? {} : { hdi_prob });
    const losses = fit.report.method === "svi" ? await lossesOf(fit) : null;
    const result = { ...resultOf(fit, project, summary), losses, effects: (effects ?? []).map(() => waiting) };
    return { project, result };
  } finally {
    fit.dispose();
  }
}

function refusal(name: string, error: unknown): string {
  const { message, hint } = toProblem(error);
  const said = message.replace(/"?\/stores\/[^\s":]+"?/, `"${name}"`);
  return `${said.startsWith(`"${name}"`) ? said : `"${name}" cannot be opened: ${said}`}${hint ? `: ${hint}` : ""}.`;
}

async function projectOf(fit: OpenedFit): Promise<Project> {
  const experiment = fit.report.experiment as unknown as Experiment;
  const id = crypto.randomUUID();
  // Columns that stand in the experiment are all there.
  if (typeof experiment.data?.train === "object") return { id, experiment, files: {} };
  const data = await fit.data();
  if (!data) return { id, experiment, files: {} };
  const { file, bytes } = data;
  return {
    id,
    experiment: { ...experiment, data: { ...experiment.data, train: file } },
    files: { [file]: new TextEncoder().encode(bytes as string) },
  };
}

async function lossesOf(fit: OpenedFit): Promise<Result["losses"]> {
  const { data } = await fit.draws("losses");
  const live = noLive();
  const every = Math.max(1, Math.floor(data.length / 800));
  for (let i = every - 1; i < data.length; i += every) addLoss(live, i + 1, data[i] as number);
  return live.losses.length > 1 ? { steps: live.steps, losses: live.losses } : null;
}

function resultOf({ report, complete }: OpenedFit, project: Project, summary: Summary): Result {
  return {
    made: crypto.randomUUID(),
    origin: "opened",
    fingerprint: fingerprint(project),
    supports: null,
    complete,
    method: report.method,
    seconds: report.seconds["total"] ?? null,
    summary,
    warnings: report.warnings,
    diagnostics: report.diagnostics,
    fit: null,
    effects: [],
    curve: null,
    losses: null,
    provenance: null,
  };
}

/** Columns that the experiment names and the table lacks, each with what needs it. */
export function absentColumns(experiment: Experiment, table: TableState): { column: string; needed: string }[] {
  if (table.kind === "reading" || table.kind === "failed") return [];
  const held = new Set(
    table.kind === "ready"
      ? table.columns.map(({ name }) => name)
      : table.kind === "arguments"
        ? table.values.map(({ name }) => name)
        : [],
  );
  const { model, data, scenarios, effects } = experiment;
  const columnsOf = (changes: Changes | undefined) =>
    Object.values(changes ?? {}).flatMap((change) =>
      typeof change === "object" && "column" in change ? [change.column] : [],
    );
  const needs: [string, string[]][] = [
    ...Object.entries(data?.bind ?? {}).map(([argument, columns]): [string, string[]] => [argument, [columns].flat()]),
    ["the model", [...columnsOf(model.condition), ...columnsOf(model.do)]],
    ...Object.entries(scenarios ?? {}).map(([name, changes]): [string, string[]] => [name, columnsOf(changes)]),
    ["the groups", (effects ?? []).flatMap(({ by }) => (by === undefined ? [] : [by]))],
  ];
  const absent = new Map<string, string>();
  for (const [needed, columns] of needs) {
    for (const column of columns) if (!held.has(column) && !absent.has(column)) absent.set(column, needed);
  }
  return [...absent].map(([column, needed]) => ({ column, needed }));
}
