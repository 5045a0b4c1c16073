// Draws for the plots: asked of the fit when a plot wants them, and kept while the fit is shown.
import type { CallOptions, Data, EffectOptions, EffectReport, Fit, SiteDraws } from "dolab";
import { filesFor, mainEngine, toProblem } from "../engine";
import { project, result, table } from "../lab";
import type { Project } from "../project";
import { modelOptions } from "./checks";
import { askFit } from "./revive";

const NO_COLUMN = "E1003";

const known = new WeakMap<Fit, Map<string, Promise<SiteDraws>>>();

/** Of the fit that is shown; rejects if there is none. */
export function drawsOf(site: string): Promise<SiteDraws> {
  return once(site, (fit) => fit.draws(site));
}

/** By chain, a 1 for each draw whose transition diverged; null of a fit without any. */
export async function divergingDraws(): Promise<Float64Array[] | null> {
  const diagnostics = result.value?.diagnostics;
  if (!diagnostics || !("divergences" in diagnostics) || diagnostics.divergences === 0) return null;
  return chainsOf(await drawsOf("diverging"));
}

/** The outcome as the fitted model makes it up, a whole one per draw. */
export function simulated(outcome: string): Promise<SiteDraws> {
  return once(`simulated ${outcome}`, async (fit, heard) => {
    const prediction = await fit.predict({ sites: [outcome], onProgress: heard });
    try {
      return await prediction.draws(outcome);
    } finally {
      prediction.dispose();
    }
  });
}

export function askEffect(fit: Fit, request: EffectOptions): Promise<EffectReport> {
  return askWithColumns(fit, (options) => fit.effect({ ...request, ...options }));
}

/** A fit keeps the columns that its model used; what else a scenario or a group names comes from the table. */
export function askWithColumns<T>(fit: Fit, ask: (options: CallOptions & { data?: Data }) => Promise<T>): Promise<T> {
  return askFit(fit, async (_, onProgress) => {
    try {
      return await ask({ onProgress });
    } catch (error) {
      const { experiment, files } = project.peek();
      if (toProblem(error).code !== NO_COLUMN) throw error;
      const { data } = modelOptions(experiment, filesFor(await mainEngine(), files));
      if (data === undefined) throw error;
      return ask({ data, onProgress });
    }
  });
}

function once(key: string, ask: (fit: Fit, heard: () => void) => Promise<SiteDraws>): Promise<SiteDraws> {
  const fit = result.value?.fit;
  if (!fit) return Promise.reject(new Error("no fit is at hand"));
  const answers = known.get(fit) ?? new Map<string, Promise<SiteDraws>>();
  known.set(fit, answers);
  const answer = answers.get(key) ?? askFit(fit, ask);
  answers.set(key, answer);
  answer.catch(() => answers.delete(key));
  return answer;
}

/** One number of a site, by chain. */
export function chainsOf({ data, shape }: SiteDraws, element = 0): Float64Array[] {
  const [chains = 1, draws = 0, ...own] = shape;
  const size = own.reduce((product, length) => product * length, 1);
  return Array.from({ length: chains }, (_, chain) =>
    Float64Array.from({ length: draws }, (_, draw) => Number(data[(chain * draws + draw) * size + element])),
  );
}

/** The observed values of an outcome, or null if the page does not know them. */
export function observedValues({ experiment, files }: Project, outcome: string): Float64Array | null {
  const bound = experiment.data?.bind?.[outcome];
  const name = typeof bound === "string" ? bound : outcome;
  if (table.value.kind === "ready") {
    const column = table.value.columns.find((one) => one.name === name);
    if (column && column.type !== "category") return Float64Array.from(Array.from(column.values, Number));
  }
  const inline = inlineValues(experiment.data?.train, files, name);
  return inline && inline.every((value) => typeof value === "number" || typeof value === "boolean")
    ? Float64Array.from(inline.map(Number))
    : null;
}

function inlineValues(train: unknown, files: Project["files"], name: string): unknown[] | null {
  let columns: unknown = train;
  if (typeof train === "string" && train.endsWith(".json") && files[train]) {
    try {
      columns = JSON.parse(new TextDecoder().decode(files[train])) as unknown;
    } catch {
      return null;
    }
  }
  const values = (columns as Record<string, unknown> | null | undefined)?.[name];
  return Array.isArray(values) ? values : null;
}
