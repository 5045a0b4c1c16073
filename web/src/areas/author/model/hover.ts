// What the name under the pointer is: a function with its parameters, or a site of the checked model.
import type { EditorState } from "@codemirror/state";
import type { EditorView, Tooltip } from "@codemirror/view";
import { hoverTooltip } from "@codemirror/view";
import type { Vocabulary } from "@/core/vocabulary";
import { importsOf, meaningOf, resolvePath } from "@/core/vocabulary";
import { noteOf } from "./completion";

function wordAt(state: EditorState, position: number): { from: number; to: number; text: string } | null {
  const line = state.doc.lineAt(position);
  const at = position - line.from;
  const before = /[\w.]*$/.exec(line.text.slice(0, at))?.[0].length ?? 0;
  const after = /^\w*/.exec(line.text.slice(at))?.[0].length ?? 0;
  const text = line.text.slice(at - before, at + after);
  return /^[A-Za-z_][\w.]*\w$|^[A-Za-z_]$/.test(text) ? { from: position - before, to: position + after, text } : null;
}

export function describeName(vocabulary: () => Vocabulary) {
  const describe = (view: EditorView, position: number): Tooltip | null => {
    const word = wordAt(view.state, position);
    if (!word) return null;
    const { language, sites } = vocabulary();
    const path = resolvePath(word.text, importsOf(view.state.doc.toString()));
    const meant = path === null ? null : meaningOf(language, path);
    const site = sites.find(({ name }) => name === word.text);
    if (!meant && !site) return null;
    const dom = () =>
      meant ? noteOf(meant) : noteOf({ full: site?.name ?? "", signature: null, note: site?.detail ?? null });
    return { pos: word.from, end: word.to, above: true, create: () => ({ dom: dom() }) };
  };
  return hoverTooltip(describe, { hideOnChange: true });
}
