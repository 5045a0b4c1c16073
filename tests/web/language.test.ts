import { createEngine } from "dolab";
import { expect, it } from "vitest";
import { notes } from "@/core/languageNotes";

it("describes names that the language has, and every distribution", async () => {
  const engine = await createEngine({ build: "single" });
  const { modules } = await engine.language();
  engine.dispose();
  const known = new Set(modules.flatMap(({ alias, names }) => names.map(({ name }) => `${alias}.${name}`)));
  expect([...notes.keys()].filter((name) => !known.has(name))).toEqual([]);
  const families = modules
    .filter(({ alias }) => alias === "dist")
    .flatMap(({ names }) => names.filter(({ kind }) => kind === "distribution").map(({ name }) => `dist.${name}`));
  expect(families.length).toBeGreaterThan(40);
  expect(families.filter((name) => !notes.has(name))).toEqual([]);
});
