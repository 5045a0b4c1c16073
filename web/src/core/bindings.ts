// What each argument of the kernel gets, as the experiment says it and as the core will read it.
import type { Experiment } from "./experiment";

export type Binding =
  | { kind: "column"; column: string }
  | { kind: "columns"; columns: string[] }
  | { kind: "value"; value: unknown }
  /** Nothing is said: a column or value of the data that has the argument's name. */
  | { kind: "name" }
  | { kind: "none" };

/** `given`: names of the data's columns or values. */
export function bindingOf({ data }: Experiment, argument: string, given: string[]): Binding {
  const bound = data?.bind?.[argument];
  if (typeof bound === "string") return { kind: "column", column: bound };
  if (bound !== undefined) return { kind: "columns", columns: bound };
  const value = data?.arguments?.[argument];
  if (value !== undefined) return { kind: "value", value };
  return { kind: given.includes(argument) ? "name" : "none" };
}

export function withBinding(experiment: Experiment, argument: string, binding: Binding): Experiment {
  const { [argument]: _, ...bind } = experiment.data?.bind ?? {};
  const { [argument]: __, ...values } = experiment.data?.arguments ?? {};
  if (binding.kind === "column") bind[argument] = binding.column;
  if (binding.kind === "columns") bind[argument] = binding.columns;
  if (binding.kind === "value") values[argument] = binding.value;
  return { ...experiment, data: tidy({ ...experiment.data, bind, arguments: values }) };
}

/** What the experiment calls arguments, and the model has not. */
export function unknownArguments({ data, model }: Experiment, parameters: string[]): string[] {
  const named = [data?.bind ?? {}, data?.arguments ?? {}].flatMap(Object.keys);
  const sides = [model.input, model.output].flatMap((side) => side ?? []);
  return [...new Set([...named, ...sides])].filter((name) => !parameters.includes(name));
}

/** Takes away what is said of an argument. */
export function withoutArgument(experiment: Experiment, argument: string): Experiment {
  const { input, output, ...model } = experiment.model;
  const sides = Object.entries({ input, output }).flatMap(([side, names]) => {
    const rest = Array.isArray(names) ? names.filter((name) => name !== argument) : names;
    return rest === undefined || rest === argument || rest.length === 0 ? [] : [[side, rest] as const];
  });
  const without = { ...experiment, model: { ...model, ...Object.fromEntries(sides) } };
  return without.data ? withBinding(without, argument, { kind: "none" }) : without;
}

/** Further observed sites: site -> column; null takes one away. */
export function withObserved(experiment: Experiment, site: string, column: string | null): Experiment {
  const { [site]: _, ...others } = experiment.model.condition ?? {};
  const condition = column === null ? others : { ...others, [site]: { column } };
  const { condition: __, ...model } = experiment.model;
  return { ...experiment, model: Object.keys(condition).length > 0 ? { ...model, condition } : model };
}

function tidy(data: NonNullable<Experiment["data"]>): NonNullable<Experiment["data"]> {
  const empty = (value: unknown) => typeof value === "object" && value !== null && Object.keys(value).length === 0;
  return Object.fromEntries(Object.entries(data).filter(([key, value]) => key === "train" || !empty(value)));
}

/** Text of a value field -> what it holds, or null if it is no JSON. */
export function parseValue(text: string): { value: unknown } | null {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return null;
  }
}
