import { describe, expect, test } from "vitest";
import type { Project } from "@/core/project";
import * as p from "@/core/project";

const project: Project = {
  id: "1",
  experiment: {
    dolab: 1,
    model: { source: "a" },
    data: { train: "t.csv", bind: { y: "y" } },
    scenarios: { s: { z: 0 } },
    effects: [{ outcome: "y", baseline: "observed", intervention: "s" }],
  },
  files: { "t.csv": Uint8Array.of(1, 2) },
};

describe("the fingerprint", () => {
  test("changes with everything that the posterior depends on, and with nothing else", () => {
    const same = [
      p.withTitle(project, "other"),
      p.withLayout(project, { z: [1, 2] }),
      p.withChange(project, "s", "z", 1),
      p.withNewScenario(project),
      p.withEffect(project, 0, { expected: true }),
    ];
    const different = [
      p.withSource(project, "b"),
      p.withModel(project, { condition: { z: { column: "z" } } }),
      p.withTable(project, "t.csv", Uint8Array.of(1, 3)),
      p.withBinding(project, "y", "other"),
      p.withBinding(project, "y", null),
      p.withInference(project, { steps: 5 }),
      p.withSeed(project, 1),
    ];
    const own = p.fingerprint(project);
    for (const other of same) expect(p.fingerprint(other)).toBe(own);
    const prints = different.map(p.fingerprint);
    expect(new Set([own, ...prints]).size).toBe(prints.length + 1);
  });
});

describe("scenarios", () => {
  test("a change is set, replaced and taken away", () => {
    const shifted = p.withChange(project, "s", "z", { shift: 1 });
    expect(p.changesOf(shifted, "s")).toEqual({ z: { shift: 1 } });
    expect(p.changesOf(p.withChange(shifted, "s", "z", null), "s")).toEqual({});
    expect(p.changesOf(project, undefined)).toEqual({});
  });

  test("a new one has a free name and is contrasted like the first; a removed one is gone", () => {
    const two = p.withNewScenario(p.withNewScenario(project, { z: 2 }));
    const names = Object.keys(two.experiment.scenarios ?? {});
    expect(new Set(names).size).toBe(3);
    expect(two.experiment.effects?.map(({ outcome }) => outcome)).toEqual(["y", "y", "y"]);
    const one = p.withoutEffect(two, 1);
    expect(Object.keys(one.experiment.scenarios ?? {})).toEqual([names[0], names[2]]);
  });
});
