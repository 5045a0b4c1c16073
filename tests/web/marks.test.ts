import { CompletionContext } from "@codemirror/autocomplete";
import { pythonLanguage } from "@codemirror/lang-python";
import { EditorState } from "@codemirror/state";
import type { Engine, Language } from "dolab";
import { createEngine } from "dolab";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { completeModel } from "@/areas/author/model/completion";
import { offsetOf, toDiagnostics } from "@/areas/author/model/marks";
import { statementOf } from "@/areas/author/model/siteMark";
import { toProblem } from "@/core/engine";
import { placed } from "@/core/problems";

const head = `import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist

def model(y=None):
`;
const stateOf = (doc: string) => EditorState.create({ doc, extensions: [pythonLanguage] });

let engine: Engine;
let language: Language;
beforeAll(async () => {
  engine = await createEngine({ build: "single" });
  language = await engine.language();
});
afterAll(() => engine.dispose());

/** What the page underlines in a model of these lines. */
async function underlined(...lines: string[]): Promise<string[]> {
  const text = head + lines.map((line) => `    ${line}\n`).join("");
  const state = stateOf(text);
  try {
    await (await engine.model(text)).check();
  } catch (error) {
    return toDiagnostics(state, [placed(toProblem(error), "error")]).map(({ from, to }) => state.sliceDoc(from, to));
  }
  return [];
}

describe("an error is underlined", () => {
  it("where a name is not known", async () => {
    expect(await underlined('x = numpyro.sample("x", dist.Normal(0, 1) + sigma)')).toEqual(["sigma"]);
  });
  it("with its dots where a member is not known", async () => {
    expect(await underlined('numpyro.sample("x", dist.Nromal(0, 1))')).toEqual(["dist.Nromal"]);
  });
  it("after characters that take two units of text", async () => {
    expect(await underlined('numpyro.sample("𝛼𝛽", dist.Nromal(0, 1))')).toEqual(["dist.Nromal"]);
  });
  it("where the syntax breaks", async () => {
    expect(await underlined("x = = 1")).toEqual(["="]);
  });
  it("and nothing where there is none", async () => {
    expect(await underlined('numpyro.sample("y", dist.Normal(0, 1), obs=y)')).toEqual([]);
  });
});

describe("a place in the text", () => {
  it("that is beyond it is its end", () => {
    const { doc } = stateOf("ab\nc");
    expect(offsetOf(doc, 9, 9)).toBe(4);
    expect(offsetOf(doc, 1, 9)).toBe(2);
  });
});

describe("the statement of a site", () => {
  it("is where its name comes first", () => {
    const { doc } = stateOf('a = f(x, "z")\nwith plate("rows", 3):\n    z = sample( "z", d)\n');
    expect(doc.lineAt(statementOf(doc, "z")).number).toBe(3);
    expect(statementOf(doc, "z.*")).toBe(-1);
  });
});

describe("names are offered", () => {
  const labels = (line: string, explicit = false) => {
    const state = stateOf(`${head}    ${line}`);
    const vocabulary = { language, sites: [{ name: "tau", detail: "" }], columns: ["dose"] };
    const found = completeModel(() => vocabulary)(new CompletionContext(state, state.doc.length, explicit));
    return found?.options.map(({ label }) => label) ?? [];
  };
  it("of the module before the dot", () => {
    expect(labels("dist.No")).toContain("Normal");
    expect(labels("jnp.l")).toContain("linalg");
    expect(labels("numpyro.s")).toContain("sample");
    expect(labels("nothing.s")).toEqual([]);
  });
  it("of the parameters of the call", () => {
    expect(labels("dist.StudentT(d").slice(0, 3)).toEqual(["df=", "loc=", "scale="]);
    expect(labels("dist.StudentT(", true)).toContain("df=");
  });
  it("of sites and columns within a text", () => {
    expect(labels('d = {"')).toEqual(["tau", "dose"]);
  });
  it("of nothing in a comment", () => {
    expect(labels("# dist.No")).toEqual([]);
  });
});
