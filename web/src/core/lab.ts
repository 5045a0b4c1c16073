// The state of the page. Views read these signals and call the actions in core/actions/.
import { computed, signal } from "@preact/signals";
import type { CheckReport, Effect, EffectList, Fit, FitReport, Progress, Summary } from "dolab";
import type { Problem } from "./engine";
import type { Inference } from "./experiment";
import type { Project } from "./project";
import { fingerprint } from "./project";
import type { StoredCurve } from "./stored";

export const project = signal<Project>({ id: "", experiment: { dolab: 1, model: { source: "" } }, files: {} });

/** What the core says about the project; `report` is the last that had no errors, so that the graph stays. */
export interface CheckState {
  kind: "idle" | "checking" | "good" | "bad";
  report: CheckReport | null;
  /** Arguments of the kernel; null before the first check. */
  parameters: { name: string; required: boolean }[] | null;
  problems: (Problem & { severity: "error" | "warning" })[];
}
export const check = signal<CheckState>({ kind: "idle", report: null, parameters: null, problems: [] });

export interface TableColumn {
  name: string;
  type: "real" | "integer" | "boolean" | "category";
  values: ArrayLike<number | string | boolean>;
  missing: number;
}
export type TableState =
  | { kind: "empty" }
  | { kind: "reading"; name: string }
  | { kind: "ready"; name: string; rows: number; columns: TableColumn[] }
  /** Arguments by name instead of rows, each with what it is. */
  | { kind: "arguments"; name: string; values: { name: string; text: string }[] }
  | { kind: "failed"; name: string; problem: Problem };
export const table = signal<TableState>({ kind: "empty" });

/** Curves of a run while it goes on; arrays grow in place, `version` says when to look. */
export interface Live {
  version: number;
  losses: number[];
  /** Step of each loss. */
  steps: number[];
  chains: { done: number; total: number; warmup: number; divergences: number; stepSize: number }[];
  /** Draws of the average effect so far. */
  effectDraws: number[];
}

export type RunState =
  | { kind: "idle" }
  | {
      kind: "running" | "stopping";
      method: string;
      where: "page" | "computer";
      progress: Progress | null;
      live: Live;
      /** It was asked to stop a while ago and has not: it can be ended, without what it found. */
      deaf: boolean;
    }
  | { kind: "cancelled"; done: number; total: number; unit: string; kept: boolean }
  | { kind: "crashed" | "failed"; problem: Problem };
export const run = signal<RunState>({ kind: "idle" });

/** An effect with the report around it; its draws are kept beside it. */
export type ShownEffect = Effect & EffectList;

/** One contrast of two scenarios, with what is drawn of it. */
export interface EffectView {
  /** `waiting`: only a run can tell. While `updating` or `waiting`, what is shown is the answer before. */
  kind: "ready" | "updating" | "waiting" | "failed";
  /** What it answers (`keyOf` in effects.ts). */
  key?: string;
  report: ShownEffect | null;
  draws: ArrayLike<number>;
  /** Per row of the table, when it was asked for. */
  rows: { mean: ArrayLike<number>; low: ArrayLike<number>; high: ArrayLike<number> } | null;
  problem: Problem | null;
}

/** What a run was made with. */
export interface Provenance {
  seed: number;
  /** Of the engine. */
  version: string;
  threads: number;
  inference: Inference;
  /** When it ended. */
  ended: number;
  /** How far a run that was stopped had come. */
  stopped: { done: number; total: number; unit: string } | null;
}

export interface Result {
  /** Its name in the browser's database: the store that is kept of it has the same. Empty for a stored result. */
  made: string;
  origin: "stored" | "page" | "computer" | "opened";
  fingerprint: string;
  /** Of the sites of its model, what values they have. Null until a check of that model has told. */
  supports: Record<string, string | null> | null;
  complete: boolean;
  method: string;
  seconds: number | null;
  summary: Summary | null;
  warnings: Problem[];
  diagnostics: FitReport["diagnostics"] | null;
  /** Null for a stored result: nothing can be asked of it but what came with it. */
  fit: Fit | null;
  /** One per effect of the experiment. */
  effects: EffectView[];
  curve: StoredCurve | null;
  losses: { steps: number[]; losses: number[] } | null;
  /** Null for stored results and opened stores. */
  provenance?: Provenance | null;
}
export const result = signal<Result | null>(null);

/** After a question that ended the engine of the shown fit. */
export const fitLoss = signal<"reopening" | "reopened" | "gone" | null>(null);

/** Of its intervals: the one of the run, so that effects go with the posterior beside them. */
export function shownProbability(): { hdi_prob?: number } {
  const summary = result.peek()?.summary;
  return summary ? { hdi_prob: summary.hdi_prob } : {};
}

/** The truth and the naive estimate of an example whose data were simulated. */
export interface Reference {
  truth: number | null;
  naive: number | null;
  /** The contrast that they belong to (`keyOf` in effects.ts). */
  contrast?: string;
}
export const reference = signal<Reference | null>(null);

/** The model or its data have changed since the result was made. */
export const stale = computed(() => result.value !== null && result.value.fingerprint !== fingerprint(project.value));

/** Of the parts of the page, the one in view where not all fit. */
export const shownArea = signal<"author" | "question" | "answer">("question");

export const selectedSite = signal<string | null>(null);
/** Index of the effect that the graph and the cards show. */
export const activeEffect = signal(0);

export const outcome = computed(
  () =>
    project.value.experiment.effects?.[activeEffect.value]?.outcome ??
    result.value?.effects[0]?.report?.outcome ??
    null,
);

/** The scenario that interventions go to. */
export const activeScenario = computed(
  () => project.value.experiment.effects?.[activeEffect.value]?.intervention ?? null,
);

/** The section of the docs that is open, "" for their list; null while the answer is in their place. */
export const docsShown = signal<string | null>(null);

/** Short-lived messages at the edge of the page, also read out. */
export const notices = signal<{ id: number; text: string; kind: "info" | "error" }[]>([]);
