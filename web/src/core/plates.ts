// Boxes around the nodes of plates.
import type { Box, Point, Positions } from "./drawing";
import {
  blockWidth,
  captionHeight,
  captionsAbove,
  nodeHeight,
  plateLabel,
  plateLabelWidth,
  platePadding,
} from "./drawing";
import type { Graph } from "./graph";

export interface PlateBox extends Box {
  name: string;
  size: number;
}

/** Around the nodes of each plate; outer plates are wider by a margin for each plate inside. */
export function plateBoxes(graph: Graph, positions: Positions, letters: number): PlateBox[] {
  const boxes: PlateBox[] = [];
  const raised = captionsAbove(graph, positions);
  for (const [name, size] of Object.entries(graph.plates)) {
    const members = graph.nodes.filter((node) => node.plates.includes(name) && node.id in positions);
    if (members.length === 0) continue;
    const inside = Math.max(...members.map(({ plates }) => plates.length - 1 - depthOf(graph, plates, name)));
    const pad = platePadding * (inside + 1);
    const edges = members.map((node) => {
      const { x, y } = positions[node.id] as Point;
      const half = blockWidth(node, letters) / 2;
      const [head, foot] = raised.has(node.id) ? [captionHeight, 0] : [0, captionHeight];
      return [x - half, x + half, y - nodeHeight / 2 - head, y + nodeHeight / 2 + foot] as const;
    });
    const [left, right] = [
      Math.min(...edges.map((e) => e[0])) - pad / 2,
      Math.max(...edges.map((e) => e[1])) + pad / 2,
    ];
    const width = Math.max(right - left, plateLabelWidth(name, size));
    const x = (left + right - width) / 2;
    const y = Math.min(...edges.map((e) => e[2])) - pad;
    const bottom = Math.max(...edges.map((e) => e[3])) + plateLabel * (inside + 1);
    boxes.push({ name, size, x, y, width, height: bottom - y });
  }
  return boxes.sort((a, b) => b.width * b.height - a.width * a.height);
}

/** Plates with more members lie further outside. */
function depthOf(graph: Graph, plates: string[], name: string): number {
  const members = (plate: string) => graph.nodes.filter((node) => node.plates.includes(plate)).length;
  return [...plates].sort((a, b) => members(b) - members(a)).indexOf(name);
}
