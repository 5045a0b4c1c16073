// Names to write: members of imported modules, parameters of the call at hand, sites and columns within texts.
import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { syntaxTree } from "@codemirror/language";
import type { EditorState } from "@codemirror/state";
import type { Meaning, Vocabulary } from "@/core/vocabulary";
import { importsOf, meaning, meaningOf, moduleAt, parametersOf, resolvePath } from "@/core/vocabulary";

const kinds = { function: "function", distribution: "class", value: "constant", module: "namespace" };

/** The signature and a sentence, as the list and the hover show it. */
export function noteOf({ full, signature, note }: Pick<Meaning, "full" | "signature" | "note">): HTMLElement {
  const box = document.createElement("div");
  box.className = "model-note";
  const code = box.appendChild(document.createElement("code"));
  code.textContent = signature === null ? full : `${full}(${signature})`;
  if (note !== null) box.appendChild(document.createElement("p")).textContent = note;
  return box;
}

function option(meant: Meaning): Completion {
  return {
    label: meant.name,
    type: kinds[meant.kind],
    info: () => noteOf(meant),
    // What a model is mostly made of comes first.
    boost: meant.note === null ? 0 : 20,
  };
}

function members(context: CompletionContext, { language }: Vocabulary): CompletionResult | null {
  const dotted = context.matchBefore(/[A-Za-z_][\w.]*\.\w*$/);
  if (!dotted) return null;
  const dot = dotted.text.lastIndexOf(".");
  const path = resolvePath(dotted.text.slice(0, dot), importsOf(context.state.doc.toString()));
  const module = path === null ? null : moduleAt(language, path);
  if (!module) return null;
  const options = module.names.map((name) => option(meaning(module, name)));
  return { from: dotted.from + dot + 1, options, validFor: /^\w*$/ };
}

/** The function whose arguments the position is in. */
function callAt(state: EditorState, position: number, { language }: Vocabulary): Meaning | null {
  let node = syntaxTree(state).resolveInner(position, -1);
  while (node.name !== "ArgList" && node.parent) node = node.parent;
  const callee = node.name === "ArgList" ? node.parent?.firstChild : null;
  if (!callee) return null;
  const path = resolvePath(state.sliceDoc(callee.from, callee.to), importsOf(state.doc.toString()));
  return path === null ? null : meaningOf(language, path);
}

function plainNames(context: CompletionContext, vocabulary: Vocabulary): CompletionResult | null {
  const word = context.matchBefore(/\w+$/);
  if (!word && !context.explicit) return null;
  const { language } = vocabulary;
  const options: Completion[] = [];
  const call = callAt(context.state, context.pos, vocabulary);
  // In the order of the signature.
  parametersOf(call?.signature ?? "").forEach((name, index) => {
    options.push({ label: `${name}=`, type: "property", detail: call?.full ?? "", boost: 90 - index });
  });
  for (const [name, path] of importsOf(context.state.doc.toString())) {
    const meant = meaningOf(language, path);
    const found = moduleAt(language, path);
    if (meant?.signature != null) options.push({ ...option(meant), label: name });
    else if (found) options.push({ label: name, type: "namespace", detail: path });
  }
  for (const name of language.builtins) options.push({ label: name, type: "function", boost: -20 });
  return { from: word?.from ?? context.pos, options, validFor: /^\w*$/ };
}

function namesInText(context: CompletionContext, { sites, columns }: Vocabulary): CompletionResult | null {
  const node = syntaxTree(context.state).resolveInner(context.pos, -1);
  if (node.name !== "String") return null;
  const word = context.matchBefore(/[^"']*$/);
  const options = [
    ...sites.map(({ name, detail }) => ({ label: name, type: "variable", detail })),
    ...columns.map((name) => ({ label: name, type: "property", detail: "column" })),
  ];
  return { from: word?.from ?? context.pos, options, validFor: /^[^"']*$/ };
}

export function completeModel(vocabulary: () => Vocabulary) {
  return (context: CompletionContext): CompletionResult | null => {
    const words = vocabulary();
    const inside = syntaxTree(context.state).resolveInner(context.pos, -1).name;
    if (inside === "Comment") return null;
    if (inside === "String") return namesInText(context, words);
    return members(context, words) ?? (context.matchBefore(/\.\w*$/) ? null : plainNames(context, words));
  };
}
