// Curves of a run while it goes on.
import type { Progress } from "dolab";
import type { Live } from "./lab";
import { count, counted } from "@/util/format";

/** Points of a curve; when they are used up, every other one goes. */
const CAPACITY = 800;

export function noLive(): Live {
  return { version: 0, losses: [], steps: [], chains: [], effectDraws: [] };
}

/** A point of the loss curve, in place. Steps that are not after the last one are left out. */
export function addLoss(live: Live, step: number, loss: number): void {
  if (!Number.isFinite(loss) || step <= (live.steps.at(-1) ?? -1)) return;
  live.steps.push(step);
  live.losses.push(loss);
  if (live.steps.length < CAPACITY) return;
  const last = live.steps.length - 1;
  for (const side of [live.steps, live.losses]) {
    let kept = 0;
    for (let i = 0; i <= last; i += 1) if (i % 2 === last % 2) side[kept++] = side[i] as number;
    side.length = kept;
  }
}

/** What a report of progress says beyond how far it is. A server's may say less than an engine's. */
export function follow(live: Live, { done, note, losses, chains }: Partial<Progress> & Pick<Progress, "done">): void {
  for (const { step, loss } of losses ?? []) addLoss(live, step, loss);
  const noted = losses ? null : /^loss (\S+)$/.exec(note ?? "");
  if (noted) addLoss(live, done, Number(noted[1]));
  live.chains = (chains ?? []).map(({ iteration, total, warmup, divergences, step_size }) => ({
    done: iteration,
    total,
    warmup,
    divergences,
    stepSize: step_size,
  }));
}

/** Divergent transitions so far, when the sampler says so. */
export function divergencesOf(live: Live, progress: Partial<Progress> | null): number | null {
  if (live.chains.length > 0) return live.chains.reduce((sum, chain) => sum + chain.divergences, 0);
  const said = /^(\d+) divergence/.exec(progress?.note ?? "");
  return said ? Number(said[1]) : null;
}

const phases: Record<string, string> = {
  trace: "reading the model",
  compile: "preparing",
  optimize: "fitting",
  sample: "sampling",
  diagnose: "checking the fit",
  effect: "computing effects",
  predict: "simulating",
  write: "keeping the draws",
};

export function phaseWords(phase: string): string {
  return phases[phase] ?? phase;
}

const ITERATION = "iteration";

/** What is counted in a phase. */
export function unitOf(phase: string): string {
  return { optimize: "step", sample: ITERATION }[phase] ?? "draw";
}

export interface Place {
  done: number;
  total: number;
  unit: string;
}

/** "iteration 300 of 4,000, warm-up included": samplers count those of all chains. */
export function placeWords({ done, total, unit }: Place): string {
  return `${unit} ${count(done)} of ${count(total)}${unit === ITERATION ? ", warm-up included" : ""}`;
}

/** "300 of 4,000 iterations with warm-up" */
export function countWords({ done, total, unit }: Place): string {
  return `${count(done)} of ${counted(total, unit)}${unit === ITERATION ? " with warm-up" : ""}`;
}
