import type { CheckReport, Site } from "dolab";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  arrowOf,
  border,
  captionHeight,
  captionsAbove,
  fitTo,
  nodeHeight,
  nodeWidth,
  plateLabelWidth,
} from "@/core/drawing";
import { plateBoxes } from "@/core/plates";
import { walk } from "@/core/walk";
import type { Graph } from "@/core/graph";
import { asText, graphOf, likelyOutcome, nodeOf, partOf, surgeryOf, withoutParameters } from "@/core/graph";

function site(kind: string, shape: number[], observed: boolean, plates: string[] = []): Site {
  return {
    kind,
    distribution: kind === "sample" ? "Normal" : null,
    shape,
    event_dim: 0,
    plates,
    observed,
    support: null,
  };
}

/** The model of examples/confounder, in short. */
const confounder = {
  kernel: "model",
  sites: {
    c: site("sample", [1000], true),
    beta_cz: site("sample", [], false),
    z: site("sample", [1000], true, ["data"]),
    y: site("sample", [1000], true, ["data"]),
  },
  plates: { data: { size: 1000, subsample_size: 1000, dim: -1 } },
  dag: {
    edges: [
      ["c", "z"],
      ["beta_cz", "z"],
      ["c", "y"],
      ["z", "y"],
    ],
  },
  arguments: {
    X: { feeds: ["z"], observes: [] },
    C: { feeds: [], observes: ["c"] },
  },
  identified: [],
  warnings: [],
} as unknown as CheckReport;

describe("the graph of a report", () => {
  const graph = graphOf(confounder, { c: { label: "Confounder" } });

  it("has the sites and the arguments that feed them", () => {
    expect(graph.nodes.map(({ id, kind }) => `${id} ${kind}`)).toEqual([
      "X input",
      "c observed",
      "beta_cz latent",
      "z observed",
      "y observed",
    ]);
    expect(asText(withoutParameters(graph))).toBe("c -> z, c -> y, z -> y, X -> z");
    expect(graph.nodes[1]?.label).toBe("Confounder");
    expect(likelyOutcome(graph)).toBe("y");
  });

  it("folds what is one for all rows, but keeps latent values of rows", () => {
    const sites = {
      ...confounder.sites,
      u: site("sample", [1000], false, ["data"]),
      w: site("sample", [8], false),
    };
    const more = graphOf({ ...confounder, sites });
    expect(withoutParameters(more).nodes.map(({ id }) => id)).toEqual(["X", "c", "z", "y", "u"]);
  });

  it("shows parameters when there is nothing else", () => {
    const only = graphOf({
      ...confounder,
      sites: { mu: site("sample", [], false) },
      dag: { edges: [] },
    });
    expect(withoutParameters(graphOf({ ...confounder, sites: {}, dag: { edges: [] } })).nodes.length).toBe(1);
    expect(withoutParameters(only).nodes.map(({ id }) => id)).toContain("X");
  });

  it("knows a column of an argument", () => {
    expect(nodeOf(graph, "X.MedInc")).toBe("X");
    expect(nodeOf(graph, "nowhere")).toBeNull();
  });
});

describe("surgery", () => {
  const graph = withoutParameters(graphOf(confounder));

  it("cuts the arrows into a site that is set, and lights what it influences", () => {
    const { cut, reached, litEdges } = surgeryOf(graph, { z: 0 });
    expect([...cut].sort()).toEqual(["X -> z", "c -> z"]);
    expect([...reached]).toEqual(["y"]);
    expect([...litEdges]).toEqual(["z -> y"]);
  });

  it("leaves the arrows into a site that is shifted", () => {
    expect(surgeryOf(graph, { z: { shift: 1 } }).cut.size).toBe(0);
  });

  it("stops at a site that is held", () => {
    const { reached, litEdges } = surgeryOf(graph, {
      X: 1,
      z: { column: "z" },
    });
    expect([...reached]).toEqual(["y"]);
    expect(litEdges.has("X -> z")).toBe(false);
  });

  it("names the part that a site plays", () => {
    const part = (id: string) => partOf(graph, id, new Set(["z"]), "y");
    expect(["c", "X", "z", "y"].map(part)).toEqual(["confounder", "cause", "treatment", "outcome"]);
    expect(partOf(graph, "z", new Set(["c"]), "y")).toBe("mediator");
    expect(partOf(graph, "y", new Set(["c"]), "z")).toBe("collider");
  });
});

describe("the drawing", () => {
  const point = fc.record({
    x: fc.integer({ min: -500, max: 500 }),
    y: fc.integer({ min: -500, max: 500 }),
  });

  it("meets the outline of a pill", () => {
    fc.assert(
      fc.property(point, point, fc.integer({ min: 64, max: 200 }), (centre, to, width) => {
        fc.pre(Math.hypot(to.x - centre.x, to.y - centre.y) > 1);
        const { x, y } = border(centre, width, to);
        const beyond = Math.max(0, Math.abs(x - centre.x) - (width - nodeHeight) / 2);
        expect(Math.hypot(beyond, y - centre.y)).toBeCloseTo(nodeHeight / 2, 1);
      }),
    );
  });

  it("goes from the layout to the canvas and back", () => {
    const graph = withoutParameters(graphOf(confounder));
    const layout = {
      X: { x: 0, y: 116 },
      c: { x: 150, y: 0 },
      z: { x: 150, y: 116 },
      y: { x: 300, y: 116 },
    };
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 1200 }), (width) => {
        const { size, toCanvas, toLayout } = fitTo(width, graph, layout);
        for (const [id, place] of Object.entries(layout)) {
          const at = toCanvas(place);
          expect(at.x - nodeWidth(id) / 2).toBeGreaterThanOrEqual(0);
          expect(at.x + nodeWidth(id) / 2).toBeLessThanOrEqual(size.width);
          expect(toLayout(at)).toEqual(place);
        }
        if (width >= 350) expect(size.width).toBeCloseTo(width, 6);
      }),
    );
  });

  it("bends an arrow around a node", () => {
    const positions = {
      a: { x: 0, y: 0 },
      b: { x: 150, y: 0 },
      d: { x: 300, y: 0 },
    };
    expect(arrowOf(["a", "b"], positions)?.path).toContain("Q75,0");
    expect(arrowOf(["a", "d"], positions)?.path).not.toContain("Q150,0");
    expect(arrowOf(["a", "elsewhere"], positions)).toBeNull();
  });

  it("puts a caption above a node whose arrows lead down", () => {
    const graph = withoutParameters(
      graphOf(confounder, {
        c: { label: "Confounder" },
        z: { label: "Mediator" },
      }),
    );
    const layout = {
      X: { x: 0, y: 96 },
      c: { x: 150, y: 0 },
      z: { x: 150, y: 96 },
      y: { x: 300, y: 96 },
    };
    expect([...captionsAbove(graph, layout)]).toEqual(["c"]);
    const start = (captioned: string[]) =>
      Number(/,([\d.]+) Q/.exec(arrowOf(["c", "z"], layout, new Set(captioned))?.path ?? "")?.[1]);
    expect(start(["c"]) - start([])).toBeCloseTo(captionHeight + 2);
  });

  it("walks along arrows first", () => {
    const positions = {
      X: { x: 0, y: 116 },
      c: { x: 150, y: 0 },
      z: { x: 150, y: 116 },
      y: { x: 300, y: 116 },
    };
    const graph: Graph = withoutParameters(graphOf(confounder));
    expect(walk(graph, positions, "X", "right")).toBe("z");
    expect(walk(graph, positions, "z", "up")).toBe("c");
    expect(walk(graph, positions, "c", "down")).toBe("z");
    expect(walk(graph, positions, "y", "right")).toBeNull();
  });
});

describe("plates", () => {
  it("are as wide as their names, within the canvas", () => {
    const common = { label: null, distribution: null, parameter: false };
    const graph: Graph = {
      nodes: [
        { ...common, id: "x", kind: "input", plates: [] },
        { ...common, id: "y", kind: "observed", plates: ["observations"] },
      ],
      edges: [["x", "y"]],
      plates: { observations: 100_000 },
    };
    const fit = fitTo(400, graph, { x: { x: 0, y: 0 }, y: { x: 200, y: 0 } });
    const positions = { x: fit.toCanvas({ x: 0, y: 0 }), y: fit.toCanvas({ x: 200, y: 0 }) };
    const [box] = plateBoxes(graph, positions, fit.letters);
    expect(box?.width).toBeGreaterThanOrEqual(plateLabelWidth("observations", 100_000));
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(400);
  });
});
