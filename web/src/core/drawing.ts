// Geometry of the drawn graph: where nodes are on a canvas of some width, how arrows run, what plates enclose.
import type { Edge, Graph, GraphNode } from "./graph";

export interface Point {
  x: number;
  y: number;
}
export type Positions = Record<string, Point>;
export interface Box extends Point {
  width: number;
  height: number;
}
export interface Size {
  width: number;
  height: number;
}

export const nodeHeight = 44;
/** Under each node, or above it: its label. */
export const captionHeight = 20;
const margin = { x: 14, top: 14, bottom: 10 };
export const platePadding = 14;
export const plateLabel = 28;

/** "rows × 1,000" */
export function plateWords(name: string, size: number): string {
  return `${name} × ${size.toLocaleString("en")}`;
}

export function plateLabelWidth(name: string, size: number): number {
  return Math.round(plateWords(name, size).length * 7.4 + 20);
}

/** A pill as wide as its name, and wide enough for a number under it. */
export function nodeWidth(id: string): number {
  return Math.max(64, Math.round(id.length * 8.5 + 28));
}

/** Letters of captions: as many as the canvas has room for. */
const captionLengths = [26, 22, 18, 15, 12, 9];

/** With the caption under it. */
export function blockWidth({ id, label }: GraphNode, letters: number): number {
  return Math.max(nodeWidth(id), Math.min(letters, label?.length ?? 0) * 6.6);
}

export function shortened(label: string, letters: number): string {
  return label.length <= letters ? label : `${label.slice(0, letters - 1).trimEnd()}…`;
}

/** Nodes whose arrows all lead downwards: their captions are above them, out of the way. */
export function captionsAbove({ nodes, edges }: Graph, positions: Positions): Set<string> {
  const isAbove = ({ id, label }: GraphNode) => {
    const neighbours = edges.flatMap(([a, b]) => (a === id ? [b] : b === id ? [a] : []));
    const own = positions[id];
    const isBelow = (other: string) => (positions[other]?.y ?? -Infinity) > (own?.y ?? 0) + nodeHeight;
    return label !== null && own !== undefined && neighbours.length > 0 && neighbours.every(isBelow);
  };
  return new Set(nodes.filter(isAbove).map(({ id }) => id));
}

/** Layout to canvas: names keep their size, distances follow the canvas down to where nodes would touch. */
export interface Fit {
  size: Size;
  /** Letters that a caption may have. */
  letters: number;
  toCanvas: (point: Point) => Point;
  toLayout: (point: Point) => Point;
}

export function fitTo(width: number, graph: Graph, layout: Positions): Fit {
  const fits = captionLengths.map((letters) => fitWith(letters, width, graph, layout));
  return (fits.find(({ size }) => size.width < width + 1) ?? fits.at(-1)) as Fit;
}

function fitWith(letters: number, width: number, graph: Graph, layout: Positions): Fit {
  const nodes = graph.nodes.filter(({ id }) => id in layout);
  const place = (node: GraphNode) => layout[node.id] as Point;
  const [left, right] = ends(nodes.map((node) => place(node).x));
  const [top, bottom] = ends(nodes.map((node) => place(node).y));
  const frame = ({ plates }: GraphNode) => plates.length * platePadding;
  // A plate with its nodes one above the other may be narrower than its name.
  const named = (edge: number) =>
    Object.entries(graph.plates)
      .filter(([name]) => {
        const members = nodes.filter(({ plates }) => plates.includes(name));
        return members.length > 0 && members.every((node) => Math.abs(place(node).x - edge) < 12);
      })
      .map(([name, size]) => plateLabelWidth(name, size) / 2);
  const side = (edge: number) =>
    margin.x +
    Math.max(
      32,
      ...named(edge),
      ...nodes
        .filter((node) => Math.abs(place(node).x - edge) < 12)
        .map((node) => blockWidth(node, letters) / 2 + frame(node)),
    );
  const [before, after] = [side(left), side(right)];
  const scale =
    right === left
      ? 1
      : Math.min(widest, Math.max((width - before - after) / (right - left), smallestScale(nodes, layout, letters)));
  const used = (right - left) * scale + before + after;
  const offset = Math.max(0, (width - used) / 2) + before;
  const along = (y: number) => nodes.filter((node) => Math.abs(place(node).y - y) < 12);
  const depth = (y: number) => Math.max(0, ...along(y).map(({ plates }) => plates.length));
  const raised = captionsAbove(graph, layout);
  const head = along(top).some(({ id }) => raised.has(id)) ? captionHeight : 0;
  const above = margin.top + head + nodeHeight / 2 + depth(top) * platePadding;
  const below = depth(bottom) * plateLabel;
  return {
    letters,
    size: {
      width: Math.max(width, used),
      height: above + bottom - top + nodeHeight / 2 + captionHeight + below + margin.bottom,
    },
    toCanvas: ({ x, y }) => ({ x: offset + (x - left) * scale, y: above + y - top }),
    toLayout: ({ x, y }) => ({ x: Math.round(left + (x - offset) / scale), y: Math.round(top + y - above) }),
  };
}

function ends(values: number[]): [low: number, high: number] {
  return values.length === 0 ? [0, 0] : [Math.min(...values), Math.max(...values)];
}

/** A wide canvas does not tear a small graph apart. */
const widest = 1.5;

/** Neighbours in a row keep a gap for their arrow, and their captions apart. */
function smallestScale(nodes: GraphNode[], layout: Positions, letters: number): number {
  let scale = 0;
  for (const a of nodes) {
    for (const b of nodes) {
      const [p, q] = [layout[a.id] as Point, layout[b.id] as Point];
      if (q.x <= p.x || Math.abs(q.y - p.y) >= nodeHeight + captionHeight) continue;
      const apart = Math.max(
        (nodeWidth(a.id) + nodeWidth(b.id)) / 2 + 28,
        (blockWidth(a, letters) + blockWidth(b, letters)) / 2 + 8,
      );
      scale = Math.max(scale, apart / (q.x - p.x));
    }
  }
  return Math.min(scale, widest);
}

/** Where the line from the centre of a pill towards `to` leaves it. */
export function border(centre: Point, width: number, to: Point, gap = 0): Point {
  const [dx, dy] = [to.x - centre.x, to.y - centre.y];
  const length = Math.hypot(dx, dy);
  if (length === 0) return centre;
  const [ux, uy] = [dx / length, dy / length];
  const radius = nodeHeight / 2 + gap;
  const straight = (width - nodeHeight) / 2;
  // Walk outwards until the distance to the pill's axis is its radius.
  let [near, far] = [0, straight + radius];
  for (let i = 0; i < 24; i += 1) {
    const middle = (near + far) / 2;
    const x = Math.max(0, Math.abs(ux * middle) - straight);
    if (Math.hypot(x, uy * middle) < radius) near = middle;
    else far = middle;
  }
  return { x: centre.x + ux * near, y: centre.y + uy * near };
}

export interface Arrow {
  edge: Edge;
  path: string;
  /** Where a cut is drawn, and the direction of the arrow there in degrees. */
  middle: Point & { angle: number };
  tip: Point & { angle: number };
}

const bends = [0, 0.18, -0.18, 0.34, -0.34, 0.5, -0.5];

/** Straight if nothing is in the way, else bent to the side that is free. */
export function arrowOf(edge: Edge, positions: Positions, captioned: ReadonlySet<string> = new Set()): Arrow | null {
  const [from, to] = [positions[edge[0]], positions[edge[1]]];
  if (!from || !to) return null;
  const others = Object.entries(positions).filter(([id]) => id !== edge[0] && id !== edge[1]);
  const bend = bends.find((side) => others.every(([id, at]) => clears(from, control(from, to, side), to, id, at))) ?? 0;
  const by = control(from, to, bend);
  const start = border(
    from,
    nodeWidth(edge[0]),
    by,
    captioned.has(edge[0]) && isUnder(by, from) ? captionHeight + 4 : 2,
  );
  const end = border(to, nodeWidth(edge[1]), by, captioned.has(edge[1]) && isUnder(by, to) ? captionHeight + 8 : 7);
  const [before, after] = [at(start, by, end, 0.5), at(start, by, end, 0.55)];
  return {
    edge,
    path: `M${round(start.x)},${round(start.y)} Q${round(by.x)},${round(by.y)} ${round(end.x)},${round(end.y)}`,
    middle: { ...rounded(before), angle: angleOf(before, after) },
    tip: { ...rounded(end), angle: angleOf(at(start, by, end, 0.9), end) },
  };
}

/** Where the caption is in the way. */
function isUnder(point: Point, node: Point): boolean {
  return point.y > node.y && Math.abs(point.x - node.x) < (point.y - node.y) * 0.8;
}

const round = (value: number) => Math.round(value * 10) / 10;
const rounded = ({ x, y }: Point) => ({ x: round(x), y: round(y) });
const angleOf = (from: Point, to: Point) => round((Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI);

function control(from: Point, to: Point, bend: number): Point {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  return { x: (from.x + to.x) / 2 + dy * bend, y: (from.y + to.y) / 2 - dx * bend };
}

function at(a: Point, b: Point, c: Point, t: number): Point {
  const s = 1 - t;
  return { x: s * s * a.x + 2 * s * t * b.x + t * t * c.x, y: s * s * a.y + 2 * s * t * b.y + t * t * c.y };
}

/** Whether a curve passes beside a node and its caption. */
function clears(from: Point, by: Point, to: Point, id: string, centre: Point): boolean {
  const half = nodeWidth(id) / 2 + 8;
  for (let i = 1; i < 16; i += 1) {
    const { x, y } = at(from, by, to, i / 16);
    const beside = Math.abs(x - centre.x) > half;
    const above = y < centre.y - nodeHeight / 2 - 8 || y > centre.y + nodeHeight / 2 + captionHeight;
    if (!beside && !above) return false;
  }
  return true;
}
