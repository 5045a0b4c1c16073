import type { Engine } from "dolab";
import { createEngine } from "dolab";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DocSection } from "@/core/docs";
import { docsOf, searchDocs } from "@/core/docs";

let engine: Engine;
let docs: DocSection[];
beforeAll(async () => {
  engine = await createEngine({ build: "single" });
  docs = docsOf(await engine.language());
});
afterAll(() => engine.dispose());

const section = (id: string) => docs.find((one) => one.id === id);
const titles = (found: DocSection[]) => found.flatMap(({ entries }) => entries.map(({ title }) => title));

describe("the docs", () => {
  it("hold the guide, and every module that they name as the core has it", () => {
    expect(docs.map(({ id }) => id)).toEqual([
      ...["effects", "fits", "models", "keys", "addresses", "numpyro", "numpyro.distributions", "jax.numpy"],
      ...["jax.numpy.linalg", "jax.nn", "jax.scipy.special", "numpyro.handlers", "numpyro.infer.reparam"],
      ...["numpyro.distributions.transforms", "numpyro.distributions.constraints", "jax.lax", "builtins"],
    ]);
    for (const { entries } of docs) expect(new Set(entries.map(({ title }) => title)).size).toBe(entries.length);
    expect(section("numpyro.distributions")?.entries.length).toBeGreaterThan(40);
  });
  it("show a distribution with its parameters and what it is", () => {
    const normal = section("numpyro.distributions")?.entries.find(({ title }) => title === "dist.Normal");
    expect(normal?.signature).toMatch(/^loc=0(\.0)?, scale=1/);
    expect(normal?.text).toContain("bell curve");
  });
  it("are searched by all words, titles first", () => {
    expect(titles(searchDocs(docs, "highest DENSITY"))).toEqual(["HDI: how sure it is"]);
    expect(titles(searchDocs(docs, "halfnormal"))[0]).toBe("dist.HalfNormal");
    expect(titles(searchDocs(docs, "poisson zeros"))).toEqual(["dist.ZeroInflatedPoisson"]);
    expect(searchDocs(docs, "no such thing anywhere")).toEqual([]);
    expect(searchDocs(docs, "  ")).toBe(docs);
  });
});
