// Where nodes are put when the project does not say: layers from left to right.
import type { Positions } from "./drawing";
import { captionHeight, nodeHeight, nodeWidth } from "./drawing";
import type { Graph } from "./graph";

/** The library comes with the first graph that needs it. */
export async function layered(graph: Graph): Promise<Positions> {
  const dagre = await import("@dagrejs/dagre");
  const drawn = new dagre.Graph({ compound: true });
  drawn.setGraph({ rankdir: "LR", nodesep: 24, ranksep: 56 });
  drawn.setDefaultEdgeLabel(() => ({}));
  for (const { id, plates } of graph.nodes) {
    drawn.setNode(id, { width: Math.max(nodeWidth(id), 84), height: nodeHeight + captionHeight });
    const plate = plates.at(-1);
    if (plate === undefined) continue;
    drawn.setNode(`plate ${plate}`, {});
    drawn.setParent(id, `plate ${plate}`);
  }
  for (const [from, to] of graph.edges) drawn.setEdge(from, to);
  dagre.layout(drawn);
  return Object.fromEntries(
    graph.nodes.map(({ id }) => {
      const { x, y } = drawn.node(id) as { x: number; y: number };
      return [id, { x: Math.round(x), y: Math.round(y - captionHeight / 2) }];
    }),
  );
}
