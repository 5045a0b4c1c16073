// What the question area shows, derived from the state of the page.
import { computed, effect, signal } from "@preact/signals";
import { graphOf, hasParameters, likelyOutcome, surgeryOf, withoutParameters } from "./graph";
import { activeScenario, check, outcome, project, result } from "./lab";
import { changesOf } from "./project";
import type { StoredCurve } from "./stored";

export const showParameters = signal(false);
export const graphAsList = signal(false);

const wholeGraph = computed(() =>
  check.value.report ? graphOf(check.value.report, project.value.experiment.labels) : null,
);

export const foldable = computed(() => wholeGraph.value !== null && hasParameters(wholeGraph.value));

export const graph = computed(() => {
  const whole = wholeGraph.value;
  return whole === null || showParameters.value ? whole : withoutParameters(whole);
});

/** Of the scenario that is being edited. */
export const changes = computed(() => changesOf(project.value, activeScenario.value ?? undefined));

export const surgery = computed(() => surgeryOf(graph.value ?? { nodes: [], edges: [], plates: {} }, changes.value));

/** The outcome of the question; before there is one, the site that it would likely be. */
export const shownOutcome = computed(() => outcome.value ?? (wholeGraph.value && likelyOutcome(wholeGraph.value)));

/** The curve that came with the table as it is: it knows the range of its site before the table is read. */
export const knownCurve = signal<StoredCurve | null>(null);
let files: object | null = null;
effect(() => {
  const curve = result.value?.curve ?? null;
  const isAnother = project.value.files !== files;
  files = project.value.files;
  if (curve !== null || isAnother) knownCurve.value = curve;
});
