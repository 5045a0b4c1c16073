// What an effect of the project asks, and what a stored curve answers.
import type { Average, Effect } from "dolab";
import type { Change, Changes, Experiment } from "./experiment";
import { OBSERVED } from "./experiment";
import type { EffectView, ShownEffect } from "./lab";
import type { StoredCurve } from "./stored";
import { kindOf, numberOf } from "./targets";

/** An effect with its scenarios spelled out. */
export interface EffectRequest {
  outcome?: string;
  baseline: Changes;
  intervention: Changes;
  by?: string;
  expected?: boolean;
}

export function requestOf(experiment: Experiment, index: number): EffectRequest {
  const { outcome, baseline, intervention, by, expected } = experiment.effects?.[index] ?? { intervention: OBSERVED };
  return {
    ...(outcome === undefined ? {} : { outcome }),
    baseline: scenario(experiment, baseline),
    intervention: scenario(experiment, intervention),
    ...(by === undefined ? {} : { by }),
    ...(expected === undefined ? {} : { expected }),
  };
}

function scenario({ scenarios }: Experiment, name: string | undefined): Changes {
  return scenarios?.[name ?? OBSERVED] ?? {};
}

/** Equal for requests with equal answers, whatever their scenarios are called. */
export function keyOf({ outcome, baseline, intervention, by, expected }: EffectRequest): string {
  return JSON.stringify([outcome ?? null, ordered(baseline), ordered(intervention), by ?? null, expected ?? false]);
}

/** The request that a key belongs to. */
export function requestOfKey(key: string): EffectRequest {
  type Side = [string, Change][];
  const [outcome, baseline, intervention, by, expected] = JSON.parse(key) as [
    string | null,
    Side,
    Side,
    string | null,
    boolean,
  ];
  return {
    ...(outcome === null ? {} : { outcome }),
    baseline: Object.fromEntries(baseline),
    intervention: Object.fromEntries(intervention),
    ...(by === null ? {} : { by }),
    ...(expected ? { expected } : {}),
  };
}

function ordered(changes: Changes): [string, unknown][] {
  return Object.entries(changes).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** The answer of a curve to a request, or null if it has none: another outcome or baseline, more changes, no data. */
export function fromCurve(
  curve: StoredCurve,
  curveBaseline: Changes,
  request: EffectRequest,
  /** The stored effect that the curve belongs to. */
  like: ShownEffect | null = null,
): EffectView | null {
  if (request.by !== undefined || request.expected === true) return null;
  if (request.outcome !== undefined && request.outcome !== curve.outcome) return null;
  if (JSON.stringify(ordered(request.baseline)) !== JSON.stringify(ordered(curveBaseline))) return null;
  const [only, ...others] = Object.entries(request.intervention);
  if (!only || others.length > 0 || only[0] !== curve.site || kindOf(only[1]) !== "value") return null;
  const between = interpolate(curve, numberOf(only[1]));
  if (!between) return null;
  const effect: Effect = {
    outcome: curve.outcome,
    baseline: curve.baseline,
    intervention: "",
    ate: between.ate,
    rows: like?.rows ?? 0,
    identified: like?.identified ?? null,
    by: {},
  };
  const report: ShownEffect = { ...effect, hdi_prob: like?.hdi_prob ?? 0.94, effects: [effect], warnings: [] };
  return { kind: "ready", key: keyOf(request), report, draws: between.draws, rows: null, problem: null };
}

/** Linear between the two values around it. Draws belong together, since all use the same random numbers. */
export function interpolate(curve: StoredCurve, value: number): { ate: Average; draws: number[] } | null {
  const { values, effects } = curve;
  const [first, last] = [values[0], values.at(-1)];
  if (first === undefined || last === undefined || !(value >= first && value <= last)) return null;
  const after = Math.max(
    1,
    values.findIndex((each) => each >= value),
  );
  const [low, high] = [effects[after - 1], effects[after]];
  const [a, b] = [values[after - 1], values[after]];
  if (!low || !high || a === undefined || b === undefined) return effects[0] ?? null;
  const share = b === a ? 0 : (value - a) / (b - a);
  const mix = (x: number | null, y: number | null) => (x ?? NaN) + share * ((y ?? NaN) - (x ?? NaN));
  const names = ["mean", "sd", "hdi_low", "hdi_high", "p_direction"] as const;
  const ate = Object.fromEntries(names.map((name) => [name, mix(low.ate[name], high.ate[name])]));
  return { ate: ate as unknown as Average, draws: low.draws.map((draw, i) => mix(draw, high.draws[i] ?? draw)) };
}
