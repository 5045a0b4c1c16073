// What may be written in a model: the names that the core's library has, and those of the project at hand.
import type { Language, LanguageModule, LanguageName } from "dolab";
import { notes } from "./languageNotes";

export interface Vocabulary {
  language: Language;
  /** Sites of the last good check, with what they are. */
  sites: { name: string; detail: string }[];
  columns: string[];
}

/** What a written name stands for. */
export interface Meaning extends LanguageName {
  /** "dist.Normal" */
  full: string;
  note: string | null;
}

/** Names that the imports of a text bind -> the path that they stand for. */
export function importsOf(text: string): Map<string, string> {
  const bound = new Map<string, string>();
  for (const line of text.replace(/\(([^)]*)\)/g, (_, inside: string) => inside.replace(/\s+/g, " ")).split("\n")) {
    const whole = /^\s*import\s+(.+)$/.exec(line)?.[1];
    for (const part of whole?.split(",") ?? []) {
      const [, path = "", name] = /^\s*([\w.]+)(?:\s+as\s+(\w+))?/.exec(part) ?? [];
      const first = path.split(".")[0] ?? "";
      if (path) bound.set(name ?? first, name ? path : first);
    }
    const [, from = "", members = ""] = /^\s*from\s+([\w.]+)\s+import\s+(.+)$/.exec(line) ?? [];
    for (const part of from ? members.split(",") : []) {
      const [, member = "", name] = /^\s*(\w+)(?:\s+as\s+(\w+))?/.exec(part) ?? [];
      if (member) bound.set(name ?? member, `${from}.${member}`);
    }
  }
  return bound;
}

/** The path of a dotted name as written, under the imports of the text. */
export function resolvePath(written: string, imports: Map<string, string>): string | null {
  const [first = "", ...rest] = written.split(".");
  const path = imports.get(first);
  return path === undefined ? null : [path, ...rest].join(".");
}

export function moduleAt({ modules }: Language, path: string): LanguageModule | null {
  return modules.find((module) => module.path === path) ?? null;
}

/** What a path means, or null if the language does not have it. */
export function meaningOf(language: Language, path: string): Meaning | null {
  const dot = path.lastIndexOf(".");
  const module = moduleAt(language, path.slice(0, Math.max(0, dot)));
  const found = module?.names.find(({ name }) => name === path.slice(dot + 1));
  return module && found ? meaning(module, found) : null;
}

export function meaning(module: LanguageModule, found: LanguageName): Meaning {
  return { ...found, full: `${module.alias}.${found.name}`, note: notes.get(`${module.alias}.${found.name}`) ?? null };
}

/** "loc=0.0, *, scale" -> ["loc", "scale"]. */
export function parametersOf(signature: string): string[] {
  return signature
    .split(",")
    .map((part) => /^\s*(\w+)/.exec(part)?.[1] ?? "")
    .filter((name) => name !== "" && name !== "self");
}
