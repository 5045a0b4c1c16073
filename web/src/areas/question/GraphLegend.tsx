import type { Graph, NodeKind } from "@/core/graph";
import { surgery } from "@/core/question";
import "./graph-legend.css";

const names: [NodeKind, string][] = [
  ["observed", "observed"],
  ["latent", "not observed"],
  ["deterministic", "computed"],
  ["input", "input"],
];

/** What the outlines mean, as far as they occur. */
export default function GraphLegend({ graph }: { graph: Graph }) {
  const kinds = new Set(graph.nodes.map(({ kind }) => kind));
  const { changed, cut } = surgery.value;
  return (
    <ul class="graph-legend small muted" aria-hidden="true">
      {names
        .filter(([kind]) => kinds.has(kind))
        .map(([kind, name]) => (
          <li key={kind}>
            {kind === "deterministic" ? (
              <svg class="graph-legend-lozenge" width="24" height="14" viewBox="0 0 24 14">
                <path d="M1,7 L6,1 H18 L23,7 L18,13 H6 Z" />
              </svg>
            ) : (
              <span class={`graph-legend-mark graph-legend-${kind}`} />
            )}
            {name}
          </li>
        ))}
      <li>
        <span class="graph-legend-mark graph-legend-outcome" />
        outcome
      </li>
      {changed.size > 0 && (
        <li>
          <span class="graph-legend-mark graph-legend-changed" />
          changed
        </li>
      )}
      {cut.size > 0 && (
        <li>
          <span class="graph-legend-cut" />
          cut
        </li>
      )}
    </ul>
  );
}
