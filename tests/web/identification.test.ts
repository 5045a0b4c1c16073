import type { CheckReport } from "dolab";
import { describe, expect, it } from "vitest";
import type { Graph, GraphNode } from "@/core/graph";
import { identificationOf } from "@/core/identification";

const report = {
  identified: [
    { treatment: "z", outcome: "y", identified: true, reason: null },
    { treatment: "c", outcome: "y", identified: true, reason: null },
    {
      treatment: "u",
      outcome: "y",
      identified: false,
      reason: '"u" was not observed while fitting',
    },
  ],
} as unknown as CheckReport;
const input: GraphNode = {
  id: "X",
  label: null,
  kind: "input",
  distribution: null,
  plates: [],
  parameter: false,
} as const;
const graph: Graph = { nodes: [input], edges: [], plates: {} };
const of = (...treatments: string[]) => identificationOf(report, graph, new Set(treatments), "y");

describe("identification", () => {
  it("is the core's verdict, in a sentence", () => {
    expect(of("z")).toEqual({
      kind: "identified",
      reason: "What the model observes blocks every other way from z to y.",
    });
    expect(of("z", "u")).toEqual({
      kind: "open",
      reason: '"u" was not observed while fitting.',
    });
  });

  it("takes inputs as given", () => {
    expect(of("X")).toEqual({
      kind: "identified",
      reason: "Nothing in the model causes X.",
    });
    expect(of("z", "c", "X").reason).toBe(
      "What the model observes blocks every other way from z and c to y. Nothing in the model causes X.",
    );
  });

  it("does not claim what the core does not say", () => {
    expect(of("elsewhere").kind).toBe("unknown");
  });
});
