// What an effect card says.
import type { EffectView } from "./lab";
import { requestOf, requestOfKey } from "./effects";
import type { EffectScale } from "./sentences";
import { capital, effectScale, insteadWords, isAsObserved, scenarioWords } from "./sentences";
import type { Project } from "./project";
import { directions, meanAndSd } from "../util/draws";
import { percent, signed, withSpread } from "../util/format";

export const letters = ["A", "B", "C", "D", "E", "F"];

export interface EffectWords {
  scale: EffectScale;
  /** "Setting Mediator to 0" */
  action: string;
  /** " changes the probability of Outcome by " */
  verb: string;
  /** "−0.4 percentage points" */
  amount: string;
  /** "94 % of the plausible values lie between … and …" */
  sure: string;
  direction: string;
  /** What it is compared with, unless the sentence says so already. */
  against: string;
}

/** Draws in the units of the card. */
export function scaledDraws({ draws }: EffectView, { factor }: EffectScale): Float64Array {
  return Float64Array.from(draws, (draw) => draw * factor);
}

export function effectWords(
  project: Project,
  index: number,
  view: EffectView,
  support: string | null,
): EffectWords | null {
  const { experiment } = project;
  const spec = experiment.effects?.[index];
  const { report } = view;
  if (!spec || !report) return null;
  const scale = effectScale(experiment, report.outcome, support);
  // What is shown may be the answer to the question before.
  const { baseline, intervention } = view.key ? requestOfKey(view.key) : requestOf(experiment, index);
  const { mean, sd, hdi_low, hdi_high, p_direction } = report.ate;
  const by = (value: number | null) => (value === null ? null : value * scale.factor);
  const unit = scale.unit ? ` ${scale.unit}` : "";
  const instead = insteadWords(baseline, intervention);
  const observed = isAsObserved(experiment, baseline);
  const spread = by(sd);
  const either = hdi_low !== null && hdi_high !== null && hdi_low < 0 && hdi_high > 0;
  return {
    scale,
    action: capital(scenarioWords(experiment, intervention)) + instead,
    verb: ` changes ${scale.what} by `,
    amount: signed(by(mean), spread) + unit,
    sure: `${percent(report.hdi_prob)} of the plausible values lie between ${withSpread(by(hdi_low), spread)} and ${withSpread(by(hdi_high), spread)}${unit} (HDI).`,
    direction: `Probability of direction: ${directionWords(view, mean, p_direction)}.${either ? " So an effect of either sign, or none, is plausible." : ""}`,
    against: instead
      ? ""
      : observed
        ? "Compared with the data as observed."
        : `Compared with ${scenarioWords(experiment, baseline)}.`,
  };
}

/** The likelier direction; where draws are exactly 0, as when no row changes its outcome, all three shares. */
function directionWords({ draws }: EffectView, mean: number | null, p_direction: number | null): string {
  if (draws.length === 0) return `${percent(p_direction)} ${(mean ?? 0) < 0 ? "negative" : "positive"}`;
  const { negative, positive } = directions(draws);
  const none = Math.max(1 - negative - positive, 0);
  if (none < 0.005) return `${percent(Math.max(negative, positive))} ${negative > positive ? "negative" : "positive"}`;
  return `${percent(positive)} positive, ${percent(negative)} negative, ${percent(none)} exactly zero`;
}

/** One of several effects, by the letter of its card. */
export interface Lettered {
  view: EffectView;
  index: number;
  letter: string;
}

/** Those that answer what is asked now; none if they differ in outcome or baseline, and so cannot be compared. */
export function sideBySide(effects: EffectView[]): Lettered[] {
  const known = effects
    .map((view, index) => ({ view, index, letter: letters[index] ?? String(index + 1) }))
    .filter(({ view: { kind, draws } }) => (kind === "ready" || kind === "updating") && draws.length > 1);
  const [first] = known;
  return known.every(({ view }) => first && groundOf(view) === groundOf(first.view)) ? known : [];
}

/** What an effect is compared with, whatever that is called. */
function groundOf({ key, report }: EffectView): string {
  return JSON.stringify([report?.outcome, key === undefined ? report?.baseline : requestOfKey(key).baseline]);
}

/** Mean of row minus column, draw by draw: both sides share their random numbers. */
export function difference(
  row: ArrayLike<number>,
  column: ArrayLike<number>,
): { mean: number; sd: number; draws: Float64Array } | null {
  if (row.length === 0 || (column.length !== row.length && column.length !== 0)) return null;
  const draws = Float64Array.from(row, (value, i) => value - (column[i] ?? 0));
  return { ...meanAndSd(draws), draws };
}
