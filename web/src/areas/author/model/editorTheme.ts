// The editor in the page's colours. They are custom properties, which reach into the shadow root and follow the theme.
import { HighlightStyle } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

export const highlighting = HighlightStyle.define([
  { tag: [tags.keyword, tags.self, tags.bool, tags.null], color: "var(--code-keyword)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--code-string)" },
  { tag: tags.number, color: "var(--code-number)" },
  { tag: [tags.comment, tags.meta], color: "var(--code-comment)", fontStyle: "italic" },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], color: "var(--code-name)" },
  { tag: tags.definition(tags.function(tags.variableName)), color: "var(--code-name)", fontWeight: "600" },
  { tag: tags.invalid, color: "var(--bad)" },
]);

const popup = {
  border: "1px solid var(--line-strong)",
  borderRadius: "var(--radius)",
  background: "var(--raised)",
  color: "var(--ink)",
  boxShadow: "var(--shadow)",
};

// Metrics of .model-text in model-panel.css are the same, so that nothing moves when the editor comes.
export const theme = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", background: "var(--surface)", fontSize: "var(--size-s)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6", overflow: "auto" },
  ".cm-content": { padding: "var(--gap-2) 0", caretColor: "var(--accent)" },
  ".cm-line": { padding: "0 var(--gap-3) 0 var(--gap-2)" },
  ".cm-gutters": { background: "var(--surface)", color: "var(--muted)", border: "0" },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "2.75rem", padding: "0 var(--gap-2) 0 0" },
  ".cm-activeLine, .cm-activeLineGutter": { background: "transparent" },
  "&.cm-focused .cm-activeLine, &.cm-focused .cm-activeLineGutter": {
    background: "color-mix(in oklab, var(--accent-soft) 55%, transparent)",
  },
  ".cm-cursor, .cm-dropCursor": { borderLeft: "2px solid var(--accent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    background: "color-mix(in oklab, var(--accent) 26%, transparent)",
  },
  ".cm-site": { boxShadow: "inset 3px 0 0 var(--accent)", background: "var(--accent-soft)" },
  ".cm-selectionMatch": { background: "var(--accent-soft)" },
  "&.cm-focused .cm-matchingBracket": { background: "var(--accent-soft)", outline: "1px solid var(--accent)" },
  "&.cm-focused .cm-nonmatchingBracket": { background: "var(--bad-soft)", outline: "1px solid var(--bad)" },
  ".cm-searchMatch": { background: "var(--warn-soft)", outline: "1px solid var(--warn)" },

  ".cm-lintRange": { backgroundImage: "none", padding: "0", textDecorationThickness: "1.5px" },
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--bad)",
    textUnderlineOffset: "3px",
    textDecorationSkipInk: "none",
  },
  ".cm-lintRange-warning": {
    backgroundImage: "none",
    textDecoration: "underline dotted var(--warn)",
    textUnderlineOffset: "3px",
    textDecorationSkipInk: "none",
  },
  ".cm-tooltip-lint": { padding: "0", margin: "0" },
  ".cm-diagnostic": {
    borderRadius: "calc(var(--radius) - 1px)",
    padding: "var(--gap-2) var(--gap-3)",
    fontFamily: "var(--font)",
    borderLeft: "0",
  },
  ".cm-diagnostic-error": { background: "var(--bad-soft)" },
  ".cm-diagnostic-warning": { background: "var(--warn-soft)" },
  ".cm-diagnosticText": { whiteSpace: "pre-wrap" },

  ".cm-tooltip": popup,
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxHeight: "14em", minWidth: "16em" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "var(--gap-1) var(--gap-2)", lineHeight: "1.5" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {
    background: "var(--accent)",
    color: "var(--accent-ink)",
  },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-completionDetail": { color: "var(--muted)", fontStyle: "normal", marginLeft: "1em" },
  "li[aria-selected] .cm-completionDetail": { color: "inherit" },
  ".cm-tooltip.cm-completionInfo": { padding: "0", maxWidth: "24rem", marginLeft: "4px" },
  ".cm-tooltip-hover": { maxWidth: "min(30rem, 90vw)" },
  ".model-note": { padding: "var(--gap-2) var(--gap-3)", fontFamily: "var(--font)", maxWidth: "30rem" },
  ".model-note code": { fontFamily: "var(--mono)", fontWeight: "600", overflowWrap: "anywhere" },
  ".model-note p": { margin: "var(--gap-1) 0 0", color: "var(--muted)" },

  ".cm-panels": { background: "var(--ground)", color: "var(--ink)" },
  ".cm-panels.cm-panels-top": { borderBottom: "1px solid var(--line)" },
  ".cm-panel.cm-search": { padding: "var(--gap-2) 2rem var(--gap-2) var(--gap-2)", fontFamily: "var(--font)" },
  ".cm-panel.cm-search label": { fontSize: "var(--size-s)" },
  ".cm-textfield, .cm-button": {
    minHeight: "28px",
    border: "1px solid var(--line-strong)",
    borderRadius: "6px",
    background: "var(--surface)",
    backgroundImage: "none",
    color: "var(--ink)",
    fontSize: "var(--size-s)",
  },
  ".cm-button:active": { backgroundImage: "none" },
  ".cm-panel button[name=close]": { minWidth: "24px", minHeight: "24px", color: "var(--ink)" },
  "@media (pointer: coarse)": {
    ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { paddingBlock: "0.65rem" },
    ".cm-textfield, .cm-button": { minHeight: "44px" },
  },
  "& :focus-visible": { outline: "2px solid var(--accent)", outlineOffset: "1px" },
  "& .cm-content:focus-visible": { outline: "none" },
});
