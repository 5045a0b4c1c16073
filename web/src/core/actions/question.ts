// What a user does to the question: intervene, choose the outcome, manage scenarios.
import { batch } from "@preact/signals";
import type { Change } from "../experiment";
import { targetsAt } from "../targets";
import { changeOf, columnOf, rangeAt } from "../targets";
import { activeEffect, activeScenario, check, project, selectedSite, table } from "../lab";
import { withNewScenario, withoutEffect } from "../project";
import { graph, knownCurve, shownOutcome } from "../question";
import { mostScenarios, withIntervention, withOutcome, withoutChanges, withScenarioName } from "../scenarios";
import { edit, notify } from "./edit";

export function columnAt(target: string): string | null {
  return columnOf(project.value.experiment, check.value.report, target);
}

export function rangeOfTarget(target: string) {
  return rangeAt(table.value, columnAt(target), knownCurve.value, target);
}

export function setChange(target: string, change: Change | null): void {
  edit((project) => withIntervention(project, activeEffect.peek(), target, change, shownOutcome.peek()));
}

/** A first change of a node: its middle value. The control for it gets the focus. */
export function intervene(node: string): void {
  const shown = graph.peek();
  const target = shown && targetsAt(shown, project.peek().experiment, node)[0];
  if (!target) return;
  if (node === shownOutcome.peek()) {
    notify(`${node} is the outcome: choose another outcome first.`);
    return;
  }
  const scenario = activeScenario.peek();
  const isChanged = scenario !== null && target.id in (project.peek().experiment.scenarios?.[scenario] ?? {});
  if (!isChanged) setChange(target.id, changeOf("value", rangeOfTarget(target.id), columnAt(target.id)));
  requestAnimationFrame(() => document.getElementById(controlId(target.id))?.focus());
}

/** Id of the control that changes a target. */
export function controlId(target: string): string {
  return `change-${target}`;
}

export function chooseOutcome(site: string): void {
  const shown = graph.peek();
  if (!shown?.nodes.some((node) => node.id === site && node.kind !== "input")) return;
  const { effects = [] } = project.peek().experiment;
  edit((project) => (effects.length > 0 ? withOutcome(project, site) : withOutcome(withNewScenario(project), site)));
}

export function addScenario(): void {
  const count = project.peek().experiment.effects?.length ?? 0;
  if (count >= mostScenarios) return;
  batch(() => {
    edit((project) => {
      const more = withNewScenario(project);
      const name = more.experiment.effects?.at(-1)?.intervention ?? "";
      return withScenarioName(more, name, `scenario ${count + 1}`) ?? more;
    });
    activeEffect.value = count;
  });
}

export function removeScenario(index: number): void {
  batch(() => {
    edit((project) => withoutEffect(project, index));
    activeEffect.value = Math.max(
      0,
      Math.min(activeEffect.peek(), (project.peek().experiment.effects?.length ?? 1) - 1),
    );
  });
}

export function clearScenario(): void {
  const scenario = activeScenario.peek();
  if (scenario !== null) edit((project) => withoutChanges(project, scenario));
}

export function select(site: string | null): void {
  selectedSite.value = site;
}
