// The editor of the model's text. Loaded on request: nothing in the first view imports this.
import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { localCompletionSource, pythonLanguage } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import {
  EditorView,
  drawSelection,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  rectangularSelection,
  tooltips,
} from "@codemirror/view";
import type { PlacedProblem } from "@/core/problems";
import type { Vocabulary } from "@/core/vocabulary";
import { completeModel } from "./completion";
import { highlighting, theme } from "./editorTheme";
import { describeName } from "./hover";
import { offsetOf, toDiagnostics } from "./marks";
import { showSite, siteMark } from "./siteMark";

export interface Editor {
  /** Takes a text that was not typed here; its history starts anew. */
  open(text: string): void;
  text(): string;
  mark(problems: PlacedProblem[]): void;
  goTo(line: number, column: number): void;
  /** Marks the statement of a site; null: of none. */
  showSite(site: string | null): void;
  destroy(): void;
}

interface Wishes {
  root: ShadowRoot;
  parent: ShadowRoot;
  text: string;
  onChange: (text: string) => void;
  /** What may be written, asked anew for each completion. */
  vocabulary: () => Vocabulary;
}

/** Mod-Enter is the page's: it runs. */
const commands = defaultKeymap.filter(({ key }) => key !== "Mod-Enter");

/**
 * Typing over marked text, done by the editor. The browser would keep the look of what it replaces in a style attribute,
 * which the Content-Security-Policy blocks and reports.
 */
function replaceMarked(event: InputEvent, view: EditorView): boolean {
  const { main } = view.state.selection;
  const text = event.data;
  if (event.inputType !== "insertText" || text === null || main.empty || view.composing) return false;
  event.preventDefault();
  const insert = () =>
    view.state.update(view.state.replaceSelection(text), { userEvent: "input.type", scrollIntoView: true });
  const handlers = view.state.facet(EditorView.inputHandler);
  if (!handlers.some((handle) => handle(view, main.from, main.to, text, insert))) view.dispatch(insert());
  return true;
}

export function mountEditor({ root, parent, text, onChange, vocabulary }: Wishes): Editor {
  const extensions = [
    lineNumbers(),
    highlightActiveLineGutter(),
    highlightSpecialChars(),
    history(),
    drawSelection(),
    rectangularSelection(),
    EditorState.allowMultipleSelections.of(true),
    indentOnInput(),
    indentUnit.of("    "),
    syntaxHighlighting(highlighting),
    bracketMatching(),
    closeBrackets(),
    autocompletion({ icons: false }),
    pythonLanguage,
    // Names of the text itself, and of the core's library; Python's own builtins are not all in the language.
    pythonLanguage.data.of({ autocomplete: localCompletionSource }),
    pythonLanguage.data.of({ autocomplete: completeModel(vocabulary) }),
    describeName(vocabulary),
    highlightActiveLine(),
    siteMark,
    highlightSelectionMatches(),
    search({ top: true }),
    tooltips({ position: "fixed" }),
    EditorView.domEventHandlers({ beforeinput: replaceMarked }),
    // Tab moves on, as everywhere on the page; in an open list it takes the chosen name.
    keymap.of([
      { key: "Tab", run: acceptCompletion },
      ...closeBracketsKeymap,
      ...commands,
      ...searchKeymap,
      ...historyKeymap,
      ...lintKeymap,
    ]),
    EditorView.contentAttributes.of({
      "aria-label": "Text of the model",
      "aria-description": "Tab leaves the editor. Control and ] indents. Control and space lists names.",
      tabindex: "0",
      autocapitalize: "off",
      spellcheck: "false",
    }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onChange(update.state.doc.toString());
    }),
    theme,
  ];
  const start = (doc: string) => EditorState.create({ doc, extensions });
  const view = new EditorView({ state: start(text), root, parent });
  const resized = keepCursorInView(view);
  return {
    open: (next) => view.setState(start(next)),
    text: () => view.state.doc.toString(),
    mark: (problems) => view.dispatch(setDiagnostics(view.state, toDiagnostics(view.state, problems))),
    goTo(line, column) {
      const at = offsetOf(view.state.doc, line, column);
      view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
      view.focus();
    },
    showSite: (site) => showSite(view, site),
    destroy() {
      resized.disconnect();
      view.destroy();
    },
  };
}

/** Problems that appear below make the editor lower: the line that is being written stays visible. */
function keepCursorInView(view: EditorView): ResizeObserver {
  let height = view.scrollDOM.clientHeight;
  const observer = new ResizeObserver(() => {
    const before = height;
    height = view.scrollDOM.clientHeight;
    if (height >= before || !view.hasFocus) return;
    view.dispatch({ effects: EditorView.scrollIntoView(view.state.selection.main.head, { yMargin: 24 }) });
  });
  observer.observe(view.scrollDOM);
  return observer;
}
