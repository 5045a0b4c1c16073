// Where the core's problems stand in the text.
import { syntaxTree } from "@codemirror/language";
import type { Diagnostic } from "@codemirror/lint";
import type { EditorState, Text } from "@codemirror/state";
import type { PlacedProblem } from "@/core/problems";

/** The core counts lines and characters (not UTF-16 units) from 1. */
export function offsetOf(doc: Text, line: number, column: number): number {
  const found = doc.line(Math.min(Math.max(1, line), doc.lines));
  const before = Array.from(found.text)
    .slice(0, Math.max(0, column - 1))
    .join("");
  return found.from + before.length;
}

/** From `at` to the end of what stands there: a name with its dots, a text, a number, or one character. */
export function endOf(state: EditorState, at: number): number {
  const line = state.doc.lineAt(at);
  let node = syntaxTree(state).resolveInner(at, 1);
  if (node.from !== at || node.to === at || node.type.isError) {
    const word = /^(\w+|\s+|.)/u.exec(state.sliceDoc(at, line.to));
    return at + (word?.[0].length ?? 0);
  }
  while (node.parent?.from === at && node.parent.name === "MemberExpression") node = node.parent;
  return Math.min(node.to, line.to);
}

export function toDiagnostics(state: EditorState, problems: PlacedProblem[]): Diagnostic[] {
  return problems.flatMap(({ severity, message, hint, line, column }) => {
    if (line === null) return [];
    let from = offsetOf(state.doc, line, column ?? 1);
    let to = endOf(state, from);
    if (from === to && from > state.doc.lineAt(from).from) from -= 1;
    else if (from === to) to = Math.min(state.doc.length, to + 1);
    return [{ from, to, severity, message: hint === null ? message : `${message}\n${hint}` }];
  });
}
