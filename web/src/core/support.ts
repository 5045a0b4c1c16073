import { check, table } from "./lab";

/** "boolean", "nonnegative integer", "real" ...: what values an outcome has. */
export function outcomeSupport(outcome: string | null | undefined): string | null {
  if (!outcome) return null;
  const site = check.value.report?.sites[outcome]?.support;
  if (site) return site;
  const data = table.value.kind === "ready" ? table.value.columns.find(({ name }) => name === outcome) : undefined;
  return data?.type === "boolean" ? "boolean" : null;
}
