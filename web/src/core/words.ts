// The vocabulary of the page as it stands.
import { signal } from "@preact/signals";
import { check, table } from "./lab";
import type { Language } from "dolab";
import { sideEngine } from "./engine";
import type { Vocabulary } from "./vocabulary";

/** Empty until the core has been asked. */
export const language = signal<Language>({ modules: [], builtins: [] });

export async function loadLanguage(): Promise<void> {
  if (language.peek().modules.length === 0) language.value = await (await sideEngine()).language();
}

export function vocabulary(): Vocabulary {
  const report = check.peek().report;
  const data = table.peek();
  return {
    language: language.peek(),
    sites: Object.entries(report?.sites ?? {}).map(([name, site]) => ({
      name,
      detail: [
        site.observed ? "observed site" : `${site.kind === "sample" ? "random" : site.kind} site`,
        site.distribution ?? "",
        site.shape.length > 0 ? `shape ${site.shape.join(" × ")}` : "one value",
        ...site.plates.map((plate) => `for each of plate ${plate}`),
      ]
        .filter(Boolean)
        .join(", "),
    })),
    columns: data.kind === "ready" ? data.columns.map((column) => column.name) : [],
  };
}
