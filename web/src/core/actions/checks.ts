// Keeps `check` true to the project: a moment after the last edit the core looks at the model with its data.
import { effect } from "@preact/signals";
import type { Engine, KeptFile, Model, ModelOptions } from "dolab";
import { filesFor, sideEngine, toProblem } from "../engine";
import type { Problem } from "../engine";
import type { Experiment } from "../experiment";
import { awake } from "../awake";
import { check, project } from "../lab";
import { placed } from "../problems";
import type { Project } from "../project";
import { source } from "../project";
import { loadLanguage } from "../words";

const pauseMilliseconds = 250;
/** A check that takes longer gives way to a newer one. */
const patienceMilliseconds = 2000;

/** What a check depends on; parts of projects are never changed in place. */
function inputs({ experiment, files }: Project): readonly unknown[] {
  return [experiment.model, experiment.data, files];
}

/** Options of a call of the package that say what the experiment says. */
export function modelOptions(experiment: Experiment, files: Record<string, KeptFile>): ModelOptions {
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
    const { kernel, ...options } = modelOptions(experiment, filesFor(engine, files));
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
    await loadLanguage();
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

/** Starts watching. The engine is loaded at the first edit, or once the page is awake. */
export function watchChecks(): () => void {
  let seen = project.peek();
  const stop = effect(() => {
    const now = project.value;
    const before = seen;
    seen = now;
    const edited = now.id === before.id && !same(inputs(now), inputs(before));
    if (edited) check.value = { ...check.peek(), kind: "checking" };
    // What was stored with a project is shown until the core has looked itself.
    const unseen = checked === null || !same(inputs(now), checked);
    if (edited || (awake.value && now.id !== "" && unseen)) schedule(pauseMilliseconds);
  });
  return () => {
    stop();
    clearTimeout(wanted);
  };
}
