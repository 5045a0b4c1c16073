// Runs the project: one at a time, on the main engine. What a run leaves is `result`; how it goes is `run`.
import { batch, effect, signal } from "@preact/signals";
import type { Engine, Fit, Progress, RunResult } from "dolab";
import { computer, runOnComputer } from "../computer";
import { dropEngines, engineState, mainEngine, toProblem } from "../engine";
import type { Experiment } from "../experiment";
import { methodOf } from "../settings";
import type { EffectView, Live, Result } from "../lab";
import { project, result, run } from "../lab";
import { follow, noLive, unitOf } from "../live";
import type { Project } from "../project";
import { fingerprint } from "../project";
import { notify } from "./edit";

const LOOK_MS = 100;
const unanswered: EffectView = { kind: "updating", report: null, draws: [], rows: null, problem: null };

/** Where the next run goes. */
export const runsOn = signal<"page" | "computer">("page");

/** The run under way. */
interface Job {
  where: "page" | "computer";
  project: Project;
  live: Live;
  progress: Progress | null;
  /** How far the fit itself came; later phases count other things. */
  fitted: Progress | null;
  stopped: boolean;
  /** Ends everything at once, without keeping anything. */
  abort: AbortController;
  task: Task | null;
}

type Report = Omit<RunResult, "fit" | "store">;
/** A fit that comes, from this page's engine or from this computer's. */
interface Task {
  done: Promise<{ report: Report; fit: Fit }>;
  stop(): void;
}

let job: Job | null = null;
/** What the last run took the place of, for as long as it can be taken back. */
let before: Result | null = null;
let crashes = 0;

export function isRunning(): boolean {
  return run.value.kind === "running" || run.value.kind === "stopping";
}

/** Share done, 0 to 1; null while it is not known. */
export function shareDone(): number | null {
  const state = run.value;
  if (!("progress" in state) || !state.progress?.total) return null;
  return Math.min(state.progress.done / state.progress.total, 1);
}

export async function startRun(): Promise<void> {
  if (isRunning()) return;
  const mine: Job = {
    where: computer.value ? runsOn.value : "page",
    project: project.value,
    live: noLive(),
    progress: null,
    fitted: null,
    stopped: false,
    abort: new AbortController(),
    task: null,
  };
  job = mine;
  before = result.value;
  show(mine);
  try {
    await execute(mine);
    crashes = 0;
  } catch (error) {
    if (job === mine) fail(mine, error);
  } finally {
    if (job === mine) job = null;
  }
}

async function execute(mine: Job): Promise<void> {
  const engine = await mainEngine();
  if (job !== mine) return;
  if (mine.stopped) return settle(mine, false);
  mine.task = mine.where === "page" ? begin(mine, engine) : beginOnComputer(mine, engine);
  const { report, fit } = await mine.task.done;
  if (job !== mine) return;
  const made = await toResult(mine, report, fit, engine);
  if (job !== mine) return;
  batch(() => {
    result.value = made;
    settle(mine, true);
  });
}

/** The effects follow the fit: `effects.ts` asks for them, with their draws. */
const withoutEffects = (project: Project): Project => ({
  ...project,
  experiment: { ...project.experiment, effects: [] },
});

function begin(mine: Job, engine: Engine): Task {
  const { experiment, files } = withoutEffects(mine.project);
  const task = engine.run(experiment, { files, signal: mine.abort.signal, onProgress: watch(mine) });
  return { done: task.then(({ fit, ...report }) => ({ report, fit })), stop: () => task.stop() };
}

function beginOnComputer(mine: Job, engine: Engine): Task {
  const task = runOnComputer(withoutEffects(mine.project), watch(mine));
  mine.abort.signal.addEventListener("abort", () => task.cancel(), { once: true });
  const done = task.result.then(async ({ report, store }) => ({ report, fit: await engine.open(store) }));
  return { done, stop: () => task.stop() };
}

/** Looks at progress ten times a second at most. */
function watch(mine: Job): (progress: Progress) => void {
  let shown = 0;
  return (progress) => {
    follow(mine.live, progress);
    mine.progress = progress;
    if (progress.phase === "optimize" || progress.phase === "sample") mine.fitted = progress;
    const now = performance.now();
    if (now - shown < LOOK_MS || job !== mine) return;
    shown = now;
    show(mine);
  };
}

function show(mine: Job): void {
  mine.live.version += 1;
  const { progress, live, stopped } = mine;
  const method = methodOf(mine.project.experiment);
  run.value = { kind: stopped ? "stopping" : "running", method, where: mine.where, progress, live: { ...live } };
}

async function toResult(mine: Job, done: Report, fit: Fit, engine: Engine): Promise<Result> {
  const { experiment } = mine.project;
  const { steps, losses } = mine.live;
  const maker = mine.where === "computer" && computer.value ? computer.value : engine.info;
  return {
    origin: mine.where,
    fingerprint: fingerprint(mine.project),
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

function reached({ fitted, project: { experiment } }: Job) {
  const unit = unitOf(fitted?.phase ?? phaseOf(experiment));
  return { done: fitted?.done ?? 0, total: fitted?.total ?? 0, unit };
}

const phaseOf = (experiment: Experiment) => (methodOf(experiment) === "svi" ? "optimize" : "sample");

/** The end of a run that was not an error. */
function settle(mine: Job, kept: boolean): void {
  const partial = kept && result.value?.complete === false;
  if (!kept || partial) {
    run.value = { kind: "cancelled", ...reached(mine), kept: partial };
    return;
  }
  before = null;
  run.value = { kind: "idle" };
  notify("The run is done.");
}

function fail(mine: Job, error: unknown): void {
  if (error instanceof DOMException && error.name === "AbortError") {
    run.value = { kind: "idle" };
    return;
  }
  const problem = toProblem(error);
  if (problem.code === "E1201") return settle(mine, false);
  const lost = problem.code === "E1999";
  batch(() => {
    run.value = { kind: lost ? "crashed" : "failed", problem };
    // The draws went with the engine.
    if (lost && result.value?.fit) result.value = { ...result.value, fit: null };
  });
  if (!lost) return;
  dropEngines();
  crashes += 1;
  // Once by itself; a page whose engine crashes again and again waits for the next run.
  if (crashes === 1) void mainEngine().catch(() => undefined);
}

/** Asks for what there is. The engine ends a fit that does not listen after two seconds. */
export function stopRun(): void {
  if (!job || job.stopped) return;
  job.stopped = true;
  job.task?.stop();
  show(job);
}

/** After a stop: what the run left is not wanted, and what was there before comes back. */
export function discardPartial(): void {
  batch(() => {
    result.value = before;
    run.value = { kind: "idle" };
  });
  before = null;
}

/** After a stop, or an error that was read. */
export function dismiss(): void {
  before = null;
  run.value = { kind: "idle" };
}

/** All that somebody needs who is to find the error; no data. */
export function errorReport(): string {
  const state = run.value;
  if (state.kind !== "failed" && state.kind !== "crashed") return "";
  const { experiment } = project.value;
  const { data, ...others } = experiment;
  const about = {
    problem: state.problem,
    engine: engineState.value.kind === "ready" ? engineState.value.info : engineState.value.kind,
    browser: navigator.userAgent,
    experiment: {
      ...others,
      data: { bind: data?.bind, train: typeof data?.train === "string" ? data.train : "inline" },
    },
  };
  return JSON.stringify(about, null, 2);
}

// Another project on the page: a run of the one before has nobody to answer to.
effect(() => {
  const { id } = project.value;
  if (!job || job.project.id === id) return;
  const { abort } = job;
  job = null;
  abort.abort();
});
