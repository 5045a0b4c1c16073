// The lab's sentences about scenarios and effects.
import type { Change, Changes, Experiment } from "./experiment";
import { given } from "../util/format";

/** Of a site, an argument or ARGUMENT.column; an argument of a single column lends it its own. */
function labelled({ labels, data }: Experiment, name: string): { label?: string; unit?: string } | undefined {
  const [argument = "", column] = name.split(".");
  const bound = data?.bind?.[argument];
  const only = column === undefined || (Array.isArray(bound) && bound.length === 1);
  return labels?.[name] ?? labels?.[column ?? ""] ?? (only ? labels?.[argument] : undefined);
}

/** What people call it. */
export function labelOf(experiment: Experiment, name: string): string {
  return labelled(experiment, name)?.label ?? name;
}

export function unitOf(experiment: Experiment, name: string): string {
  return labelled(experiment, name)?.unit ?? "";
}

const valueWords = (value: number | boolean | number[]): string =>
  Array.isArray(value) ? "the values of a list" : typeof value === "boolean" ? String(value) : given(value);

/** A site keeps the column that it was observed at. */
function keepsItsColumn(experiment: Experiment, target: string, change: Change): boolean {
  if (typeof change !== "object" || Array.isArray(change) || !("column" in change)) return false;
  return change.column === target || experiment.data?.bind?.[target] === change.column;
}

function changeWords(experiment: Experiment, target: string, change: Change): string {
  const name = labelOf(experiment, target);
  const unit = unitOf(experiment, target);
  const amount = (value: number) => (unit ? `${given(value)} ${unit}` : given(value));
  if (keepsItsColumn(experiment, target, change)) return `leaving ${name} as observed`;
  if (typeof change !== "object" || Array.isArray(change)) return `setting ${name} to ${valueWords(change)}`;
  if ("value" in change) return `setting ${name} to ${valueWords(change.value)}`;
  if ("column" in change) return `setting ${name} to the column ${change.column}`;
  if ("scale" in change) return `multiplying ${name} by ${given(change.scale)}`;
  return change.shift < 0
    ? `lowering ${name} by ${amount(-change.shift)}`
    : `raising ${name} by ${amount(change.shift)}`;
}

/** "setting Mediator to 0 and raising Income by 1" */
export function scenarioWords(experiment: Experiment, changes: Changes): string {
  const parts = Object.entries(changes).map(([target, change]) => changeWords(experiment, target, change));
  if (parts.length === 0) return "changing nothing";
  const last = parts.pop() as string;
  return parts.length > 0 ? `${parts.join(", ")} and ${last}` : last;
}

const fixedValue = (change: Change | undefined): string | null => {
  if (change === undefined || Array.isArray(change)) return null;
  if (typeof change !== "object") return valueWords(change);
  return "value" in change ? valueWords(change.value) : null;
};

/** " instead of 1" if both sides set the same one site. */
export function insteadWords(baseline: Changes, intervention: Changes): string {
  const [target, ...others] = Object.keys(intervention);
  if (target === undefined || others.length > 0 || Object.keys(baseline).length !== 1) return "";
  const before = fixedValue(baseline[target]);
  return before === null || fixedValue(intervention[target]) === null ? "" : ` instead of ${before}`;
}

/** Nothing is done, or every site keeps its column. */
export function isAsObserved(experiment: Experiment, changes: Changes): boolean {
  return Object.entries(changes).every(([target, change]) => keepsItsColumn(experiment, target, change));
}

export function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

/** How effects on an outcome are said: probabilities in percentage points. */
export interface EffectScale {
  factor: number;
  unit: string;
  /** "the probability of Outcome", "the mean of Price" */
  what: string;
}

export function effectScale(experiment: Experiment, outcome: string, support: string | null): EffectScale {
  const name = labelOf(experiment, outcome);
  if (support === "boolean") return { factor: 100, unit: "percentage points", what: `the probability of ${name}` };
  return { factor: 1, unit: unitOf(experiment, outcome), what: `the mean of ${name}` };
}
