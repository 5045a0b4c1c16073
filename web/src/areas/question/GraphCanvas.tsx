import { useEffect, useRef, useState } from "preact/hooks";
import { chooseOutcome, intervene, select } from "@/core/actions/question";
import { edit } from "@/core/actions/edit";
import type { Point, Positions } from "@/core/drawing";
import type { Direction } from "@/core/walk";
import { walk } from "@/core/walk";
import { arrowOf, captionsAbove, fitTo, plateWords } from "@/core/drawing";
import { plateBoxes } from "@/core/plates";
import type { Graph } from "@/core/graph";
import { changes, shownOutcome, surgery } from "@/core/question";
import { withLayout } from "@/core/project";
import { selectedSite } from "@/core/lab";
import GraphArrow from "./GraphArrow";
import GraphNode from "./GraphNode";
import { useLayout } from "./useLayout";
import "./graph-canvas.css";

const keys: Record<string, Direction> = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };

/** The graph as a picture: nodes are buttons, dragged with the pointer, walked with the arrow keys. */
export default function GraphCanvas({ graph }: { graph: Graph }) {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const layout = useLayout(graph);
  const [focused, focus] = useState<string | null>(null);
  const [dragged, drag] = useState<{ id: string; at: Point } | null>(null);
  if (layout === null || width === 0) {
    return (
      <div ref={frame} class="graph-canvas">
        <div class="skeleton graph-panel-skeleton" />
      </div>
    );
  }
  const fit = fitTo(width, graph, layout);
  const positions: Positions = {};
  for (const { id } of graph.nodes) {
    const place = layout[id];
    if (place) positions[id] = dragged?.id === id ? dragged.at : fit.toCanvas(place);
  }
  const entry = graph.nodes.some(({ id }) => id === (focused ?? selectedSite.value))
    ? (focused ?? selectedSite.value)
    : graph.nodes[0]?.id;

  const press = (event: KeyboardEvent, id: string) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const direction = keys[event.key];
    const next = direction && walk(graph, positions, id, direction);
    if (next) frame.current?.querySelector<SVGGElement>(`[data-node="${CSS.escape(next)}"]`)?.focus();
    else if (event.key === "Enter" || event.key === " ") select(selectedSite.value === id ? null : id);
    else if (event.key === "Escape") select(null);
    else if (event.key === "i") intervene(id);
    else if (event.key === "o") chooseOutcome(id);
    else if (!direction) return;
    event.preventDefault();
  };
  const drop = (id: string, at: Point) => {
    // Once one node was moved, all stay where they are.
    const others = Object.entries(layout).map(([name, { x, y }]) => [name, [x, y] as [number, number]]);
    const { x, y } = fit.toLayout(at);
    edit((project) => withLayout(project, { ...Object.fromEntries(others), [id]: [x, y] }));
    drag(null);
  };
  const { size } = fit;
  const raised = captionsAbove(graph, positions);
  const captioned = new Set(graph.nodes.filter(({ id, label }) => label && !raised.has(id)).map(({ id }) => id));
  const { cut, litEdges } = surgery.value;
  return (
    <div ref={frame} class="graph-canvas">
      <p id="graph-canvas-help" class="visually-hidden">
        Arrow keys walk along the arrows of the graph, Enter selects a site, I intervenes on it, O makes it the outcome.
      </p>
      <svg
        class="graph-canvas-picture"
        width={size.width}
        height={size.height}
        viewBox={`0 0 ${size.width} ${size.height}`}
        role="group"
        aria-label="Graph of the model"
        aria-describedby="graph-canvas-help"
      >
        {plateBoxes(graph, positions, fit.letters).map(({ name, size: count, x, y, width: wide, height }) => (
          <g key={name} class="graph-plate">
            <rect x={x} y={y} width={wide} height={height} rx={12} />
            <text x={x + wide - 10} y={y + height - 8} text-anchor="end">
              {plateWords(name, count)}
            </text>
          </g>
        ))}
        {graph.edges.map((edge) => {
          const arrow = arrowOf(edge, positions, captioned);
          const key = `${edge[0]} -> ${edge[1]}`;
          return arrow && <GraphArrow key={key} arrow={arrow} isCut={cut.has(key)} isLit={litEdges.has(key)} />;
        })}
        {graph.nodes.map((node) => {
          const at = positions[node.id];
          return (
            at && (
              <GraphNode
                key={node.id}
                graph={graph}
                node={node}
                at={at}
                size={size}
                letters={fit.letters}
                isRaised={raised.has(node.id)}
                changes={changes.value}
                isOutcome={shownOutcome.value === node.id}
                isReached={surgery.value.reached.has(node.id)}
                isSelected={selectedSite.value === node.id}
                isEntry={entry === node.id}
                onFocus={() => focus(node.id)}
                onKey={(event) => press(event, node.id)}
                onDrag={(to) => drag(to && { id: node.id, at: to })}
                onDrop={(to) => drop(node.id, to)}
              />
            )
          );
        })}
      </svg>
    </div>
  );
}

function useWidth(frame: { current: HTMLDivElement | null }): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!frame.current) return;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.floor(entry.contentRect.width)));
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, []);
  return width;
}
