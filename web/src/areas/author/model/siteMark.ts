// The statement of the site that is selected elsewhere on the page, such as in the graph.
import type { Text } from "@codemirror/state";
import { StateEffect, StateField } from "@codemirror/state";
import type { DecorationSet } from "@codemirror/view";
import { Decoration, EditorView } from "@codemirror/view";

const chosen = StateEffect.define<number | null>();
const line = Decoration.line({ class: "cm-site" });

/** Where the text names the site as the first argument of a statement; -1 if nowhere. */
export function statementOf(doc: Text, site: string): number {
  const name = site.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return doc.toString().search(new RegExp(`\\w\\(\\s*(?:name\\s*=\\s*)?(["'])${name}\\1`));
}

export const siteMark = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, { effects, changes, state }) {
    const effect = effects.find((one) => one.is(chosen));
    if (!effect) return marks.map(changes);
    const at = effect.value as number | null;
    return at === null ? Decoration.none : Decoration.set(line.range(state.doc.lineAt(at).from));
  },
  provide: (field) => EditorView.decorations.from(field),
});

export function showSite(view: EditorView, site: string | null): void {
  const at = site === null ? -1 : statementOf(view.state.doc, site);
  const scroll = at < 0 ? [] : [EditorView.scrollIntoView(at, { y: "nearest", yMargin: 40 })];
  view.dispatch({ effects: [chosen.of(at < 0 ? null : at), ...scroll] });
}
