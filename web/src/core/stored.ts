// Examples with the result of a run made when the lab was built, so that the first view has something to say.
import type { Average, CheckReport, Effect, RunResult, Summary } from "dolab";
import type { Experiment } from "./experiment";

export interface StoredEffect extends Effect {
  /** Draws of the average effect. */
  draws: number[];
}

/** The effect of setting one site to values between its 1 % and 99 % quantile. */
export interface StoredCurve {
  site: string;
  outcome: string;
  baseline: string;
  values: number[];
  effects: { ate: Average; draws: number[] }[];
}

export interface StoredExample {
  name: string;
  experiment: Experiment;
  files: Record<string, string>;
  check: CheckReport;
  report: Omit<RunResult, "fit" | "store" | "effects">;
  summary: Summary;
  effects: StoredEffect[];
  curve: StoredCurve | null;
  /** What the simulation of the data knows. */
  truth: number | null;
  /** The same contrast with the confounder ignored. */
  naive: Average | null;
}

/** name -> where it is. The names are those of the folders in examples/. */
const places = import.meta.glob<string>("../../generated/*.json", { query: "?url", import: "default", eager: true });

export const exampleNames: string[] = Object.keys(places).map((path) => path.replace(/^.*\/|\.json$/g, ""));

export async function loadExample(name: string): Promise<StoredExample> {
  const place = places[`../../generated/${name}.json`];
  if (place === undefined) throw new Error(`there is no example "${name}"; there are ${exampleNames.join(", ")}`);
  const answer = await fetch(place);
  if (!answer.ok) throw new Error(`the example "${name}" could not be loaded (${answer.status})`);
  return (await answer.json()) as StoredExample;
}
