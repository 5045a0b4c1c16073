// Where the arrow keys lead in the graph.
import type { Positions } from "./drawing";
import type { Graph } from "./graph";

export type Direction = "left" | "right" | "up" | "down";

/** The node that an arrow key leads to: along an edge if one goes that way, else the nearest in that direction. */
export function walk(graph: Graph, positions: Positions, from: string, direction: Direction): string | null {
  const here = positions[from];
  if (!here) return null;
  const linked = new Set(graph.edges.flatMap(([a, b]) => (a === from ? [b] : b === from ? [a] : [])));
  let best: { id: string; cost: number } | null = null;
  for (const { id } of graph.nodes) {
    const there = positions[id];
    if (!there || id === from) continue;
    const [dx, dy] = [there.x - here.x, there.y - here.y];
    const [ahead, aside] = { right: [dx, dy], left: [-dx, dy], down: [dy, dx], up: [-dy, dx] }[direction] as [
      number,
      number,
    ];
    if (ahead <= 1 || ahead < Math.abs(aside) * 0.3) continue;
    const cost = (ahead + 2 * Math.abs(aside)) * (linked.has(id) ? 1 : 4);
    if (best === null || cost < best.cost) best = { id, cost };
  }
  return best?.id ?? null;
}
