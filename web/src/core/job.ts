// One run: what it is made with, what is known of it, and the result that it comes to.
import type { Engine, Fit, Progress, RunResult } from "dolab";
import { computer, runOnComputer } from "./computer";
import { filesFor } from "./engine";
import type { Experiment } from "./experiment";
import type { EffectView, Live, Result } from "./lab";
import { unitOf } from "./live";
import type { Project } from "./project";
import { fingerprint } from "./project";
import { methodOf } from "./settings";
import { checkedSupports } from "./support";

/** Often enough to see the effect form. */
const CHECKPOINT_SECONDS = 0.4;
const unanswered: EffectView = { kind: "updating", report: null, draws: [], rows: null, problem: null };

/** The run under way. */
export interface Job {
  where: "page" | "computer";
  project: Project;
  /** Of the model at its start, if it was checked by then. */
  supports: Result["supports"];
  live: Live;
  progress: Progress | null;
  /** How far the fit itself came; later phases count other things. */
  fitted: Progress | null;
  stopped: boolean;
  deaf: boolean;
  /** When it reported last. */
  heard: number;
  /** Goes on from here. */
  resume: Uint8Array | null;
  /** Ends everything at once, without keeping anything. */
  abort: AbortController;
  task: Task | null;
}

export type Report = Omit<RunResult, "fit" | "store">;
/** A fit that comes, from this page's engine or from this computer's. */
export interface Task {
  done: Promise<{ report: Report; fit: Fit }>;
  stop(): void;
}

/** What a run tells while it goes on. */
interface Listeners {
  onProgress: (progress: Progress) => void;
  onCheckpoint: (bytes: Uint8Array) => void;
}

/** The effects follow the fit: `effects.ts` asks for them, with their draws. */
const withoutEffects = (project: Project): Project => ({
  ...project,
  experiment: { ...project.experiment, effects: [] },
});

export function begin(mine: Job, engine: Engine, listeners: Listeners): Task {
  return mine.where === "page" ? beginHere(mine, engine, listeners) : beginOnComputer(mine, engine, listeners);
}

function beginHere({ project, abort, resume }: Job, engine: Engine, listeners: Listeners): Task {
  const { experiment, files } = withoutEffects(project);
  const checkpoints = { checkpointSeconds: CHECKPOINT_SECONDS, ...(resume ? { resume } : {}) };
  const task = engine.run(experiment, {
    files: filesFor(engine, files),
    signal: abort.signal,
    ...listeners,
    ...checkpoints,
  });
  return { done: task.then(({ fit, ...report }) => ({ report, fit })), stop: () => task.stop() };
}

function beginOnComputer(mine: Job, engine: Engine, { onProgress }: Listeners): Task {
  const task = runOnComputer(withoutEffects(mine.project), onProgress);
  mine.abort.signal.addEventListener("abort", () => task.cancel(), { once: true });
  const done = task.result.then(async ({ report, store }) => ({ report, fit: await engine.open(store) }));
  return { done, stop: () => task.stop() };
}

export async function toResult(mine: Job, done: Report, fit: Fit, engine: Engine): Promise<Result> {
  const { experiment } = mine.project;
  const { steps, losses } = mine.live;
  const maker = mine.where === "computer" && computer.value ? computer.value : engine.info;
  return {
    made: crypto.randomUUID(),
    origin: mine.where,
    fingerprint: fingerprint(mine.project),
    supports: mine.supports ?? checkedSupports(fingerprint(mine.project)),
    complete: done.complete,
    method: done.method,
    seconds: done.seconds["total"] ?? null,
    summary: await fit.summary(experiment.hdi_prob === undefined ? {} : { hdi_prob: experiment.hdi_prob }),
    // That it was stopped is said in words of the lab's own.
    warnings: done.warnings.filter(({ message }) => done.complete || !message.startsWith("cancelled")),
    diagnostics: done.diagnostics,
    fit,
    effects: (experiment.effects ?? []).map(() => unanswered),
    curve: null,
    losses: losses.length > 1 ? { steps: [...steps], losses: [...losses] } : null,
    provenance: {
      seed: experiment.seed ?? 0,
      version: maker.version,
      threads: maker.threads,
      inference: { ...experiment.inference },
      ended: Date.now(),
      stopped: done.complete ? null : reached(mine),
    },
  };
}

export function reached({ fitted, project: { experiment } }: Job) {
  const unit = fitted ? unitOf(fitted.phase) : fitUnit(experiment);
  return { done: fitted?.done ?? 0, total: fitted?.total ?? 0, unit };
}

/** What its fit counts. */
export const fitUnit = (experiment: Experiment) => unitOf(methodOf(experiment) === "svi" ? "optimize" : "sample");
