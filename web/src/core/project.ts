// The one thing a user edits, and every edit of it: pure functions from project to project.
import type { Change, Changes, EffectSpec, Experiment, Inference } from "./experiment";
import { OBSERVED } from "./experiment";
import { checksum } from "@/util/checksum";

export interface Project {
  id: string;
  /** The model's text is in `experiment.model.source`; `data.train` names one of `files`, or holds columns. */
  experiment: Experiment;
  files: Record<string, Uint8Array>;
  /** The example that it was opened from. */
  example?: string;
}

export function source(project: Project): string {
  return project.experiment.model.source ?? "";
}

function edit(project: Project, change: Partial<Experiment>): Project {
  return { ...project, experiment: { ...project.experiment, ...change } };
}

export function withTitle(project: Project, title: string): Project {
  return edit(project, { title });
}

export function withSource(project: Project, text: string): Project {
  const { file: _, ...model } = project.experiment.model;
  return edit(project, { model: { ...model, source: text } });
}

export function withModel(project: Project, change: Partial<Experiment["model"]>): Project {
  return edit(project, { model: { ...project.experiment.model, ...change } });
}

/** A new table takes the place of the old one; bindings stay, and the check says which no longer fit. */
export function withTable(project: Project, name: string, bytes: Uint8Array): Project {
  const data = { ...project.experiment.data, train: name };
  return { ...edit(project, { data }), files: { [name]: bytes } };
}

export function withBinding(project: Project, argument: string, columns: string | string[] | null): Project {
  const { [argument]: _, ...others } = project.experiment.data?.bind ?? {};
  const bind = columns === null ? others : { ...others, [argument]: columns };
  return edit(project, { data: { ...project.experiment.data, bind } });
}

export function withInference(project: Project, change: Partial<Inference>): Project {
  return edit(project, { inference: { ...project.experiment.inference, ...change } });
}

export function withSeed(project: Project, seed: number): Project {
  return edit(project, { seed });
}

export function withLayout(project: Project, layout: Record<string, [number, number]>): Project {
  return edit(project, { layout: { ...project.experiment.layout, ...layout } });
}

/** Sets or (null) takes away one change of a scenario. */
export function withChange(project: Project, scenario: string, target: string, change: Change | null): Project {
  const scenarios = project.experiment.scenarios ?? {};
  const { [target]: _, ...others } = scenarios[scenario] ?? {};
  const changes: Changes = change === null ? others : { ...others, [target]: change };
  return edit(project, { scenarios: { ...scenarios, [scenario]: changes } });
}

export function withEffect(project: Project, index: number, change: Partial<EffectSpec>): Project {
  const effects = (project.experiment.effects ?? []).map((effect, i) =>
    i === index ? { ...effect, ...change } : effect,
  );
  return edit(project, { effects });
}

/** One more scenario, contrasted like the first effect. */
export function withNewScenario(project: Project, changes: Changes = {}): Project {
  const scenarios = project.experiment.scenarios ?? {};
  const effects = project.experiment.effects ?? [];
  let count = Object.keys(scenarios).length + 1;
  while (`scenario ${count}` in scenarios) count += 1;
  const name = `scenario ${count}`;
  const effect: EffectSpec = { ...effects[0], baseline: effects[0]?.baseline ?? OBSERVED, intervention: name };
  return edit(project, { scenarios: { ...scenarios, [name]: changes }, effects: [...effects, effect] });
}

export function withoutEffect(project: Project, index: number): Project {
  const effects = (project.experiment.effects ?? []).filter((_, i) => i !== index);
  const used = new Set(effects.flatMap((effect) => [effect.baseline ?? OBSERVED, effect.intervention]));
  const scenarios = Object.entries(project.experiment.scenarios ?? {}).filter(([name]) => used.has(name));
  return edit(project, { effects, scenarios: Object.fromEntries(scenarios) });
}

/** The changes of a scenario; none for the observed one. */
export function changesOf(project: Project, scenario: string | undefined): Changes {
  return project.experiment.scenarios?.[scenario ?? OBSERVED] ?? {};
}

/** What a fit depends on: two projects with one fingerprint have one posterior. */
export function fingerprint(project: Project): string {
  const { model, data, inference, seed, hdi_prob, reproducible } = project.experiment;
  const files = Object.entries(project.files).map(([name, bytes]) => [name, bytes.length, checksum(bytes)]);
  return JSON.stringify([model, data, inference, seed, hdi_prob, reproducible, files]);
}
