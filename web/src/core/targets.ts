// What can be intervened on, which column shows it as it was observed, and how a change is put into words.
import type { CheckReport } from "dolab";
import type { Change, Experiment } from "./experiment";
import type { ArgumentUses, Graph } from "./graph";
import { argumentUses } from "./graph";
import type { StoredCurve } from "./stored";
import type { TableState } from "./lab";
import type { Range } from "@/util/range";
import { quantile } from "@/util/draws";
import { rangeOf, roundStep, sorted, tidy } from "@/util/range";

export interface Target {
  /** Key of a scenario's changes. */
  id: string;
  /** The node that stands for it. */
  node: string;
}

/** Sites, then arguments that feed sites; a matrix is changed by its columns. */
export function targetsOf(graph: Graph, experiment: Experiment): Target[] {
  return graph.nodes
    .filter(({ kind }) => kind !== "factor")
    .flatMap(({ id, kind }): Target[] => {
      if (kind !== "input") return [{ id, node: id }];
      const bound = experiment.data?.bind?.[id];
      if (!Array.isArray(bound)) return [{ id, node: id }];
      return bound.map((column) => ({ id: `${id}.${column}`, node: id }));
    });
}

export function targetsAt(graph: Graph, experiment: Experiment, node: string): Target[] {
  return targetsOf(graph, experiment).filter((target) => target.node === node);
}

/** The column of the table that holds the observed values of a site or input. */
export function columnOf(experiment: Experiment, report: CheckReport | null, target: string): string | null {
  const condition = experiment.model.condition?.[target];
  if (typeof condition === "object" && "column" in condition) return condition.column;
  const argument = report && target in report.sites ? observer(argumentUses(report), target) : target;
  const [name, column] = splitTarget(argument ?? target);
  if (column !== null) return column;
  const bound = experiment.data?.bind?.[name];
  if (typeof bound === "string") return bound;
  return Array.isArray(bound) ? (bound.length === 1 ? (bound[0] ?? null) : null) : name;
}

/** The argument that gives a site its observations. */
function observer(uses: ArgumentUses, site: string): string | null {
  return Object.entries(uses).find(([, { observes }]) => observes.includes(site))?.[0] ?? null;
}

function splitTarget(target: string): [name: string, column: string | null] {
  const dot = target.indexOf(".");
  return dot < 0 ? [target, null] : [target.slice(0, dot), target.slice(dot + 1)];
}

const known = new WeakMap<object, Float64Array>();

/** The values of a column in order, or none if it is not at hand or holds words. */
export function orderedColumn(table: TableState, name: string | null): Float64Array {
  const column = table.kind === "ready" ? table.columns.find((each) => each.name === name) : undefined;
  if (!column || column.type === "category") return new Float64Array(0);
  const before = known.get(column);
  if (before) return before;
  const ordered = sorted(column.values);
  known.set(column, ordered);
  return ordered;
}

/** The range that the data cover; of the site of a stored curve it is known before the table is read. */
export function rangeAt(
  table: TableState,
  column: string | null,
  curve: StoredCurve | null,
  target: string,
): Range | null {
  const range = rangeOf(orderedColumn(table, column));
  if (range || curve?.site !== target) return range;
  const [low, high] = [curve.values[0] ?? 0, curve.values.at(-1) ?? 1];
  const step = roundStep((high - low) / 100);
  return { low, high, median: quantile(curve.values, 0.5), step, binary: false, integer: false };
}

export type ChangeKind = "value" | "column" | "shift" | "scale";

export function kindOf(change: Change): ChangeKind {
  if (typeof change !== "object" || Array.isArray(change) || "value" in change) return "value";
  return "column" in change ? "column" : "shift" in change ? "shift" : "scale";
}

/** The number in a change; NaN where there is none. */
export function numberOf(change: Change): number {
  if (typeof change === "number" || typeof change === "boolean") return Number(change);
  if (Array.isArray(change) || "column" in change) return NaN;
  if ("value" in change) return Array.isArray(change.value) ? NaN : Number(change.value);
  return "shift" in change ? change.shift : change.scale;
}

/** What a change starts from when its kind is chosen. */
export function changeOf(kind: ChangeKind, range: Range | null, column: string | null): Change {
  const unit = range ? Math.max(range.step, tidy(roundStep((range.high - range.low) / 4))) : 1;
  switch (kind) {
    case "value":
      return range ? tidy(Math.round(range.median / range.step) * range.step) : 0;
    case "column":
      return { column: column ?? "" };
    case "shift":
      return { shift: unit };
    case "scale":
      return { scale: 1.1 };
  }
}

/** "set to 0.5", "raised by 2" */
export function describeChange(change: Change, write: (value: number) => string): string {
  const value = numberOf(change);
  switch (kindOf(change)) {
    case "value":
      return Number.isNaN(value) ? "set to given values" : `set to ${write(value)}`;
    case "column":
      return `set to the column ${(change as { column: string }).column}`;
    case "shift":
      return `${value < 0 ? "lowered" : "raised"} by ${write(Math.abs(value))}`;
    case "scale":
      return `multiplied by ${write(value)}`;
  }
}
