// Keeps the effects of the result in step with the scenarios of the project: asks the fit, without fitting again.
import { batch, effect } from "@preact/signals";
import type { Fit } from "dolab";
import type { EffectRequest } from "../effects";
import { fromCurve, keyOf, requestOf } from "../effects";
import { toProblem } from "../engine";
import type { Changes, EffectSpec } from "../experiment";
import { OBSERVED } from "../experiment";
import type { EffectView, Result, ShownEffect } from "../lab";
import { activeEffect, fitLoss, project, result, run, shownProbability } from "../lab";
import { placed } from "../problems";
import type { Project } from "../project";
import { changesOf } from "../project";
import { askEffect } from "./draws";

const nothing: EffectView = { kind: "waiting", report: null, draws: [], rows: null, problem: null };
/** Answers that are kept, so that going back to a value costs nothing. */
const mostKnown = 60;

let known = new Map<string, EffectView>();
let source: Result | null = null;
let tables: Project["files"] | null = null;
/** What the stored curve was contrasted with when it was made. */
let curveBaseline: Changes = {};
let curveLike: ShownEffect | null = null;
let busy = false;

/** Runs until the function that it returns is called. */
export function startEffects(): () => void {
  return effect(() => {
    if (result.value === null || project.value.experiment.effects === undefined) return;
    void [run.value.kind, fitLoss.value];
    refresh();
  });
}

function refresh(): void {
  const current = result.peek();
  if (!current) return;
  if (isAnother(current)) adopt(current);
  const { experiment, files } = project.peek();
  if (files !== tables) forgetFailures(files);
  const requests = (experiment.effects ?? []).map((_, index) => requestOf(experiment, index));
  const views = requests.map((request, index) => viewOf(current, request, current.effects[index] ?? nothing));
  const changed = views.length !== current.effects.length || views.some((view, i) => view !== current.effects[i]);
  if (changed) publish(current, views);
  if (!busy && current.fit && !isRunning() && fitLoss.peek() !== "reopening") void askNext(current.fit, requests);
}

/** Another table may have the column that one lacked. */
function forgetFailures(files: Project["files"]): void {
  tables = files;
  for (const [key, { kind }] of known) if (kind === "failed") known.delete(key);
}

/** A run has ended or something was opened: what is known belongs to the result before. */
function isAnother(current: Result): boolean {
  return source?.fit !== current.fit || source.summary !== current.summary || source.curve !== current.curve;
}

function adopt(current: Result): void {
  const { experiment } = project.peek();
  known = new Map();
  for (const [index, view] of current.effects.entries()) {
    if (view.kind !== "ready") continue;
    // A stored result belongs to the project that it came with.
    const key = view.key ?? (current.fit ? null : keyOf(requestOf(experiment, index)));
    if (key !== null) known.set(key, { ...view, key });
  }
  if (current.curve) {
    const { outcome, baseline } = current.curve;
    curveBaseline = changesOf(project.peek(), baseline);
    curveLike = current.effects.find(({ report }) => report?.outcome === outcome)?.report ?? null;
  }
  source = current;
}

function viewOf(current: Result, request: EffectRequest, before: EffectView): EffectView {
  const key = keyOf(request);
  const answer = known.get(key);
  if (answer) return answer;
  if (current.fit) return before.kind === "updating" ? before : { ...before, kind: "updating", problem: null };
  const stored = current.curve && fromCurve(current.curve, curveBaseline, request, curveLike);
  if (stored) return before.key === key && before.kind === "ready" ? before : stored;
  return before.kind === "waiting" ? before : { ...before, kind: "waiting", problem: null };
}

function publish(current: Result, effects: EffectView[]): void {
  source = { ...current, effects };
  result.value = source;
}

function isRunning(): boolean {
  return run.peek().kind === "running" || run.peek().kind === "stopping";
}

/** One question at a time, the shown effect first; what has changed meanwhile is asked next. */
async function askNext(fit: Fit, requests: EffectRequest[]): Promise<void> {
  const shown = activeEffect.peek();
  const order = [shown, ...requests.keys()];
  const index = order.find((i) => requests[i] && !known.has(keyOf(requests[i])));
  const request = index === undefined ? undefined : requests[index];
  if (index === undefined || !request) return;
  busy = true;
  const view = await ask(fit, request, project.peek().experiment.effects?.[index]);
  busy = false;
  const current = result.peek();
  if (current?.fit !== fit) return refresh();
  // Asked again when the fit is.
  if (fitLoss.peek() === "reopening") return;
  remember(view);
  batch(() => {
    // While somebody drags on, the latest answer stands in for the one that is still being computed.
    if (view.kind === "ready" && current.effects.length === requests.length) {
      const effects = current.effects.map((each, i) => (i === index ? { ...view, kind: "updating" as const } : each));
      publish(current, effects);
    }
    refresh();
  });
}

function remember(view: EffectView): void {
  known.set(view.key ?? "", view);
  const { experiment } = project.peek();
  const wanted = new Set((experiment.effects ?? []).map((_, index) => keyOf(requestOf(experiment, index))));
  for (const key of known.keys()) {
    if (known.size <= mostKnown) return;
    if (!wanted.has(key)) known.delete(key);
  }
}

/** The fit knows changes only; their names are those of the project. */
async function ask(fit: Fit, request: EffectRequest, names: EffectSpec | undefined): Promise<EffectView> {
  const key = keyOf(request);
  try {
    const { draws, ...answer } = await askEffect(fit, { ...request, ...shownProbability() });
    const report = { ...answer, baseline: names?.baseline ?? OBSERVED, intervention: names?.intervention ?? "" };
    return { kind: "ready", key, report, draws: draws.data, rows: null, problem: null };
  } catch (error) {
    return { ...nothing, kind: "failed", key, problem: placed(toProblem(error), "error") };
  }
}
