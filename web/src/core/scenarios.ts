// Edits of scenarios beyond a single change (project.ts): pure functions from project to project.
import type { Change, EffectSpec } from "./experiment";
import { OBSERVED } from "./experiment";
import type { Project } from "./project";
import { changesOf, withChange, withEffect } from "./project";

export const mostScenarios = 6;

/** A to F: how scenarios are told apart in few words. */
export function letterOf(index: number): string {
  return String.fromCharCode(65 + index);
}

function freeName(project: Project, wish: string): string {
  const taken = new Set([OBSERVED, ...Object.keys(project.experiment.scenarios ?? {})]);
  if (!taken.has(wish)) return wish;
  let count = 2;
  while (taken.has(`${wish} ${count}`)) count += 1;
  return `${wish} ${count}`;
}

/** Everything that a baseline can be: the observed one first. */
export function baselinesOf(project: Project): string[] {
  return [OBSERVED, ...Object.keys(project.experiment.scenarios ?? {}).filter((name) => name !== OBSERVED)];
}

/** A change of the scenario of an effect; without effects the first of them is made, for `outcome`. */
export function withIntervention(
  project: Project,
  index: number,
  target: string,
  change: Change | null,
  outcome: string | null,
): Project {
  const scenario = project.experiment.effects?.[index]?.intervention;
  if (scenario !== undefined && scenario !== OBSERVED) return withChange(project, scenario, target, change);
  const name = freeName(project, `scenario ${index + 1}`);
  const effect: EffectSpec = { ...(outcome === null ? {} : { outcome }), baseline: OBSERVED, intervention: name };
  const effects = [...(project.experiment.effects ?? [])];
  effects[Math.min(index, effects.length)] = { ...effects[index], ...effect };
  return withChange({ ...project, experiment: { ...project.experiment, effects } }, name, target, change);
}

/** Names are changed wherever they are used. Empty names, those in use and "observed" are refused: null. */
export function withScenarioName(project: Project, from: string, to: string): Project | null {
  const name = to.trim();
  const { scenarios = {}, effects = [] } = project.experiment;
  if (name === from) return project;
  if (name === "" || name === OBSERVED || name in scenarios) return null;
  const renamed = (each: string | undefined) => (each === from ? name : each);
  return {
    ...project,
    experiment: {
      ...project.experiment,
      scenarios: Object.fromEntries(
        Object.entries(scenarios).map(([each, changes]) => [each === from ? name : each, changes]),
      ),
      effects: effects.map((effect) => {
        const baseline = renamed(effect.baseline);
        return {
          ...effect,
          ...(baseline === undefined ? {} : { baseline }),
          intervention: renamed(effect.intervention) ?? effect.intervention,
        };
      }),
    },
  };
}

export function withoutChanges(project: Project, scenario: string): Project {
  return Object.keys(changesOf(project, scenario)).reduce(
    (rest, target) => withChange(rest, scenario, target, null),
    project,
  );
}

/** One outcome for all effects, so that scenarios stay comparable; the site that becomes it is no longer changed. */
export function withOutcome(project: Project, outcome: string): Project {
  const effects = project.experiment.effects ?? [];
  return effects.reduce((edited, _, index) => withEffect(edited, index, { outcome }), project);
}

/** Effects are worded alike only if they share baseline and outcome. */
export function withBaseline(project: Project, index: number, baseline: string): Project {
  return withEffect(project, index, { baseline });
}
