// Runs the project: one at a time, on the main engine. What a run leaves is `result`; how it goes is `run`.
import { batch, effect, signal } from "@preact/signals";
import type { Progress } from "dolab";
import { computer } from "../computer";
import { dropMainEngine, engineState, mainEngine, toProblem } from "../engine";
import { formingEffect } from "../forming";
import type { Job } from "../job";
import { begin, reached, toResult } from "../job";
import type { Result } from "../lab";
import { activeEffect, fitLoss, project, result, run } from "../lab";
import { follow, noLive } from "../live";
import { fingerprint } from "../project";
import { methodOf } from "../settings";
import { checkedSupports } from "../support";
import { findInterrupted, interrupted, keepFit, keepRunCheckpoint, reopenFit } from "./keep";

const LOOK_MS = 100;
/** Between two checkpoints that are kept; more where writing takes long. */
const KEEP_MS = 2000;
const WRITING_SHARE = 0.03;
/** A run that has not stopped after this can be ended; one that was silent before, too, is. */
const DEAF_MS = 2000;

/** Where the next run goes. */
export const runsOn = signal<"page" | "computer">("page");

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

/** From the start, or from a checkpoint of a run that was cut off. */
export async function startRun(resume: Uint8Array | null = null): Promise<void> {
  if (isRunning()) return;
  const mine: Job = {
    where: computer.value && !resume ? runsOn.value : "page",
    project: project.value,
    supports: checkedSupports(fingerprint(project.value)),
    live: noLive(),
    progress: null,
    fitted: null,
    stopped: false,
    deaf: false,
    heard: Infinity,
    resume,
    abort: new AbortController(),
    task: null,
  };
  job = mine;
  before = result.value;
  interrupted.value = null;
  fitLoss.value = null;
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
  const forming = formingEffect(mine.project, activeEffect.value, (draws) => {
    mine.live.effectDraws = Array.from(draws);
    if (job === mine) show(mine);
  });
  mine.heard = performance.now();
  mine.task = begin(mine, engine, { onProgress: watch(mine), onCheckpoint: keepAndForm(mine, forming.offer) });
  const { report, fit } = await mine.task.done.finally(forming.end);
  if (job !== mine) return;
  const made = await toResult(mine, report, fit, engine);
  if (job !== mine) return;
  keepFit(mine.project.id, made);
  batch(() => {
    result.value = made;
    settle(mine, true);
  });
  void keepRunCheckpoint(null);
}

/** Looks at progress ten times a second at most. */
function watch(mine: Job): (progress: Progress) => void {
  let shown = 0;
  return (progress) => {
    follow(mine.live, progress);
    mine.progress = progress;
    if (progress.phase === "optimize" || progress.phase === "sample") mine.fitted = progress;
    const now = performance.now();
    mine.heard = now;
    if (now - shown < LOOK_MS || job !== mine) return;
    shown = now;
    show(mine);
  };
}

/** Checkpoints are kept now and then, so that a run survives the page; the others show how the effect forms. */
function keepAndForm(mine: Job, form: (bytes: Uint8Array) => void): (bytes: Uint8Array) => void {
  let next = performance.now() + KEEP_MS;
  return (bytes) => {
    if (job !== mine) return;
    const started = performance.now();
    if (started < next) return form(bytes);
    next = Infinity;
    const { done, total } = reached(mine);
    void keepRunCheckpoint({ fingerprint: fingerprint(mine.project), bytes, done, total }).then(() => {
      const now = performance.now();
      next = now + Math.max(KEEP_MS, (now - started) / WRITING_SHARE);
    });
  };
}

function show(mine: Job): void {
  mine.live.version += 1;
  const { progress, live, stopped, deaf, where } = mine;
  const method = methodOf(mine.project.experiment);
  run.value = { kind: stopped ? "stopping" : "running", method, where, progress, live: { ...live }, deaf };
}

/** The end of a run that was not an error. */
function settle(mine: Job, kept: boolean): void {
  const partial = kept && result.value?.complete === false;
  if (!kept || partial) {
    run.value = { kind: "cancelled", ...reached(mine), kept: partial };
    return;
  }
  before = null;
  run.value = { kind: "idle" };
}

function fail(mine: Job, error: unknown): void {
  const problem = toProblem(error);
  const ended = error instanceof DOMException && error.name === "AbortError";
  const lost = problem.code === "E1202" || problem.code === "E1999";
  void findInterrupted(mine.project);
  // The draws went with the engine.
  const gone = (ended && mine.where === "page") || lost || problem.message.includes("was ended");
  if (gone && result.value?.fit) result.value = { ...result.value, fit: null };
  if (gone) dropMainEngine();
  if (lost) crashes += 1;
  // Once by itself; a page whose engine crashes again and again waits for the next run.
  if (gone && crashes <= 1) void replaceEngine().catch(() => undefined);
  if (ended || problem.code === "E1201") return settle(mine, false);
  run.value = { kind: lost ? "crashed" : "failed", problem };
}

/** Another engine, with the fit that is shown as far as the browser has kept it. */
async function replaceEngine(): Promise<void> {
  await mainEngine();
  if (result.value && result.value.origin !== "stored") await reopenFit(project.value.id);
}

/** Asks for what there is; asked again of a run that takes its time, ends it. */
export function stopRun(): void {
  const mine = job;
  if (mine?.deaf) mine.abort.abort();
  if (!mine || mine.stopped) return;
  mine.stopped = true;
  mine.task?.stop();
  show(mine);
  setTimeout(() => {
    if (job !== mine) return;
    if (performance.now() - mine.heard > 2 * DEAF_MS) return mine.abort.abort();
    mine.deaf = true;
    show(mine);
  }, DEAF_MS);
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
