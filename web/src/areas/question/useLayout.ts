import { useEffect, useState } from "preact/hooks";
import type { Positions } from "@/core/drawing";
import type { Graph } from "@/core/graph";
import { asText } from "@/core/graph";
import { project } from "@/core/lab";
import { layered } from "@/core/layout";

/** Where nodes are: where the project says, else in layers, which are computed once for each graph. */
export function useLayout(graph: Graph): Positions | null {
  const [computed, setComputed] = useState<{ of: string; positions: Positions } | null>(null);
  const kept = project.value.experiment.layout ?? {};
  const isMissing = graph.nodes.some(({ id }) => !(id in kept));
  const of = `${graph.nodes.map(({ id }) => id).join(", ")}: ${asText(graph)}`;
  useEffect(() => {
    if (!isMissing || computed?.of === of) return;
    let isCurrent = true;
    void layered(graph).then((positions) => isCurrent && setComputed({ of, positions }));
    return () => {
      isCurrent = false;
    };
  }, [of, isMissing]);
  if (isMissing && computed?.of !== of) return null;
  const own = Object.entries(kept).map(([id, [x, y]]) => [id, { x, y }] as const);
  const shown = new Set(graph.nodes.map(({ id }) => id));
  const known = Object.fromEntries(own.filter(([id]) => shown.has(id)));
  if (!isMissing) return known;
  // A few nodes find their place beside those that were kept; many would cover them.
  const few = 2 * Object.keys(known).length > graph.nodes.length;
  return few ? beside(computed?.positions ?? {}, known) : (computed?.positions ?? {});
}

/** Places that were kept win; they need not be on the scale of those that were computed, which are moved next to them. */
function beside(computed: Positions, kept: Positions): Positions {
  const shared = Object.keys(kept).filter((id) => id in computed);
  if (shared.length === 0) return computed;
  const middle = (positions: Positions, axis: "x" | "y") =>
    shared.reduce((sum, id) => sum + (positions[id]?.[axis] ?? 0), 0) / shared.length;
  const [dx, dy] = [middle(kept, "x") - middle(computed, "x"), middle(kept, "y") - middle(computed, "y")];
  const moved = Object.entries(computed).map(([id, { x, y }]) => [id, { x: x + dx, y: y + dy }]);
  return { ...Object.fromEntries(moved), ...kept };
}
