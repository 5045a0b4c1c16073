// What the core says about a project, in the words of the page, and where it belongs.
import type { Problem } from "./engine";

export type Severity = "error" | "warning";
export type PlacedProblem = Problem & { severity: Severity };

/** The name that the core gives a model's text when it is part of the experiment. */
const modelText = "model.source";

/** Hints that name options of the command line, in the page's terms. */
const hints: Record<string, string> = {
  E1105: "give it a column or a value under Data",
};

export function placed(problem: Problem, severity: Severity): PlacedProblem {
  const plain = (text: string) => text.replaceAll("/job/", "");
  return {
    ...problem,
    message: plain(problem.message),
    hint: hints[problem.code] ?? (problem.hint === null ? null : plain(problem.hint)),
    file: problem.file?.replace("/job/", "") ?? (problem.line === null ? null : modelText),
    severity,
  };
}

/** Under which tab a problem can be solved. */
export function areaOf({ code, file, line, message }: Problem): "model" | "data" {
  if (/^model\.(input|output):/.test(message)) return "data";
  if (file === modelText) return line === null && code === "E1105" ? "data" : "model";
  if (file) return "data";
  return /^E(10|503)/.test(code) ? "data" : "model";
}

/** The cell that a message about a table names; rows count from 1. */
export function cellOf({ message, file }: Problem): { row: number | null; column: string | null } | null {
  if (!file || file === modelText) return null;
  const row = /row (\d+)/.exec(message)?.[1];
  const column = /column "([^"]*)"/.exec(message)?.[1];
  return row === undefined && column === undefined
    ? null
    : { row: row === undefined ? null : Number(row), column: column ?? null };
}

/** Of files that no engine could hold. */
export function tooLarge(name: string, size: number, most: number): Problem {
  const megabytes = (bytes: number) => `${Math.round(bytes / 1e6).toLocaleString("en-US")} MB`;
  return {
    code: "E907",
    message: `${name} has ${megabytes(size)}, and this page takes ${megabytes(most)} at most`,
    hint: "Use fewer rows; or export the experiment, put the file beside it, and run it with the command line: dolab run",
    line: null,
    column: null,
  };
}

/** What keeps a project from being run, in a few words; null if nothing does. */
export function blockedBy(problems: PlacedProblem[]): string | null {
  const errors = problems.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return null;
  if (errors.some((problem) => areaOf(problem) === "model")) return "The model has an error";
  return errors.every(({ code }) => code === "E1105") ? "The model needs data first" : "The data have an error";
}
