// Keeps `check` true to the project: a moment after the last edit the core looks at the model with its data.
import { effect } from "@preact/signals";
import type { Engine, Model, ModelOptions } from "dolab";
import { sideEngine, toProblem } from "../engine";
import type { Problem } from "../engine";
import type { Experiment } from "../experiment";
import { check, project } from "../lab";
import { placed } from "../problems";
import type { Project } from "../project";
import { source } from "../project";

const pauseMilliseconds = 250;
/** A check that takes longer gives way to a newer one. */
const patienceMilliseconds = 2000;

/** What a check depends on; parts of projects are never changed in place. */
function inputs({ experiment, files }: Project): readonly unknown[] {
  return [experiment.model, experiment.data, files];
}

/** Options of a call of the package that say what the experiment says. */
export function modelOptions(experiment: Experiment, files: Project["files"]): ModelOptions {
  const { kernel, input, output, condition, do: changes } = experiment.model;
  const { train, bind, arguments: given } = experiment.data ?? {};
  const bytes = typeof train === "string" ? files[train] : undefined;
  const data = typeof train === "string" ? (bytes ? { file: train, bytes } : undefined) : train;
  const options = { kernel, input, output, condition, do: changes, data, bind, arguments: given };
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as ModelOptions;
}

interface Finding {
  report: Awaited<ReturnType<Model["check"]>> | null;
  parameters: Model["parameters"] | null;
  problem: Problem | null;
}

async function look(engine: Engine, { experiment, files }: Project, text: string, signal: AbortSignal) {
  const found: Finding = { report: null, parameters: null, problem: null };
  try {
    const { kernel, ...options } = modelOptions(experiment, files);
    const model = await engine.model(text, { signal, ...(kernel === undefined ? {} : { kernel }) });
    found.parameters = model.parameters;
    found.report = await model.check({ ...options, signal });
  } catch (error) {
    if (signal.aborted) throw error;
    found.problem = toProblem(error);
  }
  return found;
}

let wanted: ReturnType<typeof setTimeout> | undefined;
let running: { abort: AbortController; since: number } | null = null;
let checked: readonly unknown[] | null = null;

const same = (a: readonly unknown[], b: readonly unknown[]) => a.every((part, i) => part === b[i]);

async function runCheck(): Promise<void> {
  if (running) {
    // One at a time: the newest follows when this one has ended.
    if (performance.now() - running.since > patienceMilliseconds) running.abort.abort();
    schedule(pauseMilliseconds);
    return;
  }
  const seen = project.peek();
  const abort = new AbortController();
  running = { abort, since: performance.now() };
  try {
    const found = await look(await sideEngine(), seen, source(seen), abort.signal);
    if (same(inputs(seen), inputs(project.peek()))) conclude(seen, found);
  } catch (error) {
    if (!abort.signal.aborted) conclude(seen, { report: null, parameters: null, problem: toProblem(error) });
  } finally {
    running = null;
  }
}

function conclude(seen: Project, { report, parameters, problem }: Finding): void {
  checked = inputs(seen);
  const before = check.peek();
  check.value = {
    kind: problem ? "bad" : "good",
    report: report ?? before.report,
    parameters: parameters ?? before.parameters,
    problems: problem
      ? [placed(problem, "error")]
      : (report?.warnings ?? []).map((warning) => placed(warning, "warning")),
  };
}

function schedule(milliseconds: number): void {
  clearTimeout(wanted);
  wanted = setTimeout(() => void runCheck(), milliseconds);
}

/** Starts watching. The engine is loaded at the first edit, or when the page has nothing else to do. */
export function watchChecks(): () => void {
  let quiet = false;
  const stopWaiting = whenQuiet(() => {
    quiet = true;
    if (checked === null && project.peek().id !== "") schedule(0);
  });
  let seen = project.peek();
  const stopWatching = effect(() => {
    const now = project.value;
    const before = seen;
    seen = now;
    if (now.id !== before.id) {
      // What was stored with a project is shown until the core has looked itself.
      if (quiet) schedule(pauseMilliseconds);
    } else if (!same(inputs(now), inputs(before))) {
      check.value = { ...check.peek(), kind: "checking" };
      schedule(pauseMilliseconds);
    }
  });
  return () => {
    stopWatching();
    stopWaiting();
    clearTimeout(wanted);
  };
}

/** Calls back when the page has been drawn and has nothing else to do; returns what takes that back. */
function whenQuiet(work: () => void): () => void {
  const idle = () => ("requestIdleCallback" in window ? requestIdleCallback(work, { timeout: 5000 }) : work());
  const timer = setTimeout(idle, 1500);
  return () => clearTimeout(timer);
}
