// The posterior table as CSV: one line per element of a site, one column per statistic.
import type { Summary } from "dolab";

export function summaryCsv(summary: Summary | null): string {
  if (!summary) return "";
  const names = [...new Set(Object.values(summary.sites).flatMap((site) => Object.keys(site)))].filter(
    (n) => n !== "shape",
  );
  const lines = [["site", ...names].map(quoted).join(",")];
  for (const [site, known] of Object.entries(summary.sites)) {
    const statistics = known as unknown as Record<string, unknown>;
    for (const [element, at] of elements(statistics[names[0] ?? ""])) {
      lines.push([quoted(site + element), ...names.map((name) => cell(pick(statistics[name], at)))].join(","));
    }
  }
  return `${lines.join("\n")}\n`;
}

/** Names and indices of the numbers of a nested array: "" for a number, "[0]", "[0,1]" … */
function elements(value: unknown, at: number[] = []): [string, number[]][] {
  if (!Array.isArray(value)) return [[at.length > 0 ? `[${at.join(",")}]` : "", at]];
  return value.flatMap((item, i) => elements(item, [...at, i]));
}

function pick(value: unknown, at: number[]): unknown {
  return at.reduce<unknown>((inner, i) => (Array.isArray(inner) ? (inner as unknown[])[i] : inner), value);
}

function cell(value: unknown): string {
  return typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : value == null
      ? ""
      : quoted(String(value));
}

function quoted(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
