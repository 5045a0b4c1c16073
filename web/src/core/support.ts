import { effect } from "@preact/signals";
import { check, project, result, table } from "./lab";
import type { CheckState, Result } from "./lab";
import { fingerprint } from "./project";

export function supportsOf({ report }: Pick<CheckState, "report">): Result["supports"] {
  if (!report) return null;
  return Object.fromEntries(Object.entries(report.sites).map(([name, { support }]) => [name, support]));
}

/** "boolean", "nonnegative integer", "real" ...: what values an outcome has in the model that the result is of. */
export function outcomeSupport(outcome: string | null | undefined): string | null {
  if (!outcome) return null;
  const supports = result.value?.supports ?? supportsOf(check.value);
  const site = supports?.[outcome];
  if (site) return site;
  const data = table.value.kind === "ready" ? table.value.columns.find(({ name }) => name === outcome) : undefined;
  return data?.type === "boolean" ? "boolean" : null;
}

/** Of a model that was checked as it is; null if another one was. */
export function checkedSupports(made: string): Result["supports"] {
  return check.peek().kind === "good" && made === fingerprint(project.peek()) ? supportsOf(check.peek()) : null;
}

/** A result that came without them has those of the first check of its model. */
export function startSupports(): () => void {
  return effect(() => {
    // The moment that a check ends: later the project may be another, until the next check begins.
    void check.value;
    const shown = result.peek();
    const supports = shown && !shown.supports ? checkedSupports(shown.fingerprint) : null;
    if (shown && supports) result.value = { ...shown, supports };
  });
}
