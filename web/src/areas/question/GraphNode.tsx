import { useRef } from "preact/hooks";
import { select } from "@/core/actions/question";
import type { Point, Size } from "@/core/drawing";
import { nodeHeight, nodeWidth, shortened } from "@/core/drawing";
import type { Change, Changes } from "@/core/experiment";
import type { Graph, GraphNode as Node } from "@/core/graph";
import { childrenOf, parentsOf } from "@/core/graph";
import { selectedSite } from "@/core/lab";
import { describeChange, kindOf, numberOf } from "@/core/targets";
import { given } from "@/util/format";
import { kindWords } from "./words";

interface Props {
  graph: Graph;
  node: Node;
  at: Point;
  size: Size;
  /** Letters that its caption may have. */
  letters: number;
  /** Its caption is above it. */
  isRaised: boolean;
  changes: Changes;
  isOutcome: boolean;
  isReached: boolean;
  isSelected: boolean;
  /** The one that Tab leads to. */
  isEntry: boolean;
  onFocus: () => void;
  onKey: (event: KeyboardEvent) => void;
  /** Null: it was given up. */
  onDrag: (to: Point | null) => void;
  onDrop: (to: Point) => void;
}

export default function GraphNode(props: Props) {
  const { node, at, isOutcome, isReached, isSelected, isEntry } = props;
  const own = Object.entries(props.changes).filter(
    ([target]) => target === node.id || target.startsWith(`${node.id}.`),
  );
  const width = nodeWidth(node.id);
  const value = own.length === 0 ? null : own.length === 1 && own[0] ? shortChange(own[0][1]) : "changed";
  const caption = node.label && shortened(node.label, props.letters);
  const pointer = useDrag(props);
  const classes = ["graph-node", `graph-node-${node.kind}`];
  if (isOutcome) classes.push("is-outcome");
  if (value !== null) classes.push("is-changed");
  else if (isReached) classes.push("is-reached");
  return (
    <g
      class={classes.join(" ")}
      data-node={node.id}
      transform={`translate(${Math.round(at.x)} ${Math.round(at.y)})`}
      role="button"
      aria-pressed={isSelected}
      aria-label={spoken(props, own)}
      tabindex={isEntry ? 0 : -1}
      onFocus={props.onFocus}
      onKeyDown={props.onKey}
      {...pointer}
    >
      {(value !== null || isOutcome) && <path class="graph-node-ring" d={shape(node, width + 10, nodeHeight + 10)} />}
      <path class="graph-node-shape" d={shape(node, width, nodeHeight)} />
      <text class="graph-node-name" y={value === null ? 0 : -8} text-anchor="middle" dominant-baseline="central">
        {node.id}
      </text>
      {value !== null && (
        <text class="graph-node-value" y={10} text-anchor="middle" dominant-baseline="central">
          {value}
        </text>
      )}
      {caption && (
        <text
          class="graph-node-caption"
          y={props.isRaised ? -nodeHeight / 2 - (value === null ? 13 : 17) : nodeHeight / 2 + 15}
          text-anchor="middle"
          dominant-baseline="central"
        >
          {caption}
          {caption !== node.label && <title>{node.label}</title>}
        </text>
      )}
    </g>
  );
}

/** Pills for what is sampled, a lozenge for what is computed, a box for what comes from outside. */
function shape({ kind }: Node, width: number, height: number): string {
  const [w, h] = [width / 2, height / 2];
  if (kind === "deterministic")
    return `M${-w - 4},0 L${-w + 12},${-h} H${w - 12} L${w + 4},0 L${w - 12},${h} H${-w + 12} Z`;
  const r = kind === "input" || kind === "factor" ? 7 : h;
  return `M${-w + r},${-h} H${w - r} A${r},${r} 0 0 1 ${w},${-h + r} V${h - r} A${r},${r} 0 0 1 ${w - r},${h} H${-w + r} A${r},${r} 0 0 1 ${-w},${h - r} V${-h + r} A${r},${r} 0 0 1 ${-w + r},${-h} Z`;
}

/** "= 0.5" */
function shortChange(change: Change): string {
  const value = given(Math.abs(numberOf(change)), 4);
  switch (kindOf(change)) {
    case "value":
      return Number.isNaN(numberOf(change)) ? "= given" : `= ${given(numberOf(change), 4)}`;
    case "column":
      return "= data";
    case "shift":
      return `${numberOf(change) < 0 ? "−" : "+"} ${value}`;
    case "scale":
      return `× ${given(numberOf(change), 4)}`;
  }
}

function spoken({ graph, node, isOutcome }: Props, own: [string, Change][]): string {
  const set = own.map(
    ([target, change]) => `${target === node.id ? "" : `${target} `}${describeChange(change, given)}`,
  );
  const listed = (ids: string[]) => (ids.length === 0 ? "nothing" : ids.join(", "));
  return [
    node.label ? `${node.label}, ${node.id}` : node.id,
    kindWords[node.kind],
    ...(isOutcome ? ["the outcome"] : []),
    ...set,
    `influenced by ${listed(parentsOf(graph, node.id))}`,
    `influences ${listed(childrenOf(graph, node.id))}`,
  ].join(", ");
}

/** A press selects, unless the pointer moves: then the node goes with it. */
function useDrag({ node, at, size, onDrag, onDrop }: Props) {
  const from = useRef<{ pointer: Point; at: Point; moved: boolean } | null>(null);
  const place = (event: PointerEvent) => {
    const start = from.current;
    if (!start) return null;
    const [dx, dy] = [event.clientX - start.pointer.x, event.clientY - start.pointer.y];
    if (!start.moved && Math.hypot(dx, dy) < 5) return null;
    start.moved = true;
    const inside = (value: number, most: number) => Math.min(most - nodeHeight / 2, Math.max(nodeHeight / 2, value));
    return { x: inside(start.at.x + dx, size.width), y: inside(start.at.y + dy, size.height) };
  };
  return {
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0) return;
      (event.currentTarget as Element).setPointerCapture(event.pointerId);
      from.current = { pointer: { x: event.clientX, y: event.clientY }, at, moved: false };
    },
    onPointerMove: (event: PointerEvent) => {
      const to = place(event);
      if (to) onDrag(to);
    },
    onPointerUp: (event: PointerEvent) => {
      const to = place(event);
      const moved = from.current?.moved;
      from.current = null;
      if (to) onDrop(to);
      else if (!moved) select(selectedSite.value === node.id ? null : node.id);
    },
    onPointerCancel: () => {
      from.current = null;
      onDrag(null);
    },
  };
}
