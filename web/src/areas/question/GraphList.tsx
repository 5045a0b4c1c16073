import { chooseOutcome, intervene, select } from "@/core/actions/question";
import type { Graph } from "@/core/graph";
import { childrenOf, nodeOf, parentsOf } from "@/core/graph";
import { selectedSite } from "@/core/lab";
import { changes, shownOutcome, surgery } from "@/core/question";
import { kindWords } from "./words";
import "./graph-list.css";

/** The graph in words: everything that the picture says and can do. */
export default function GraphList({ graph }: { graph: Graph }) {
  const { cut } = surgery.value;
  const changed = new Set(Object.keys(changes.value).map((target) => nodeOf(graph, target)));
  const arrow = (from: string, to: string) => (cut.has(`${from} -> ${to}`) ? `${from} (cut)` : from);
  return (
    <ul class="graph-list">
      {graph.nodes.map((node) => {
        const parents = parentsOf(graph, node.id).map((parent) => arrow(parent, node.id));
        const children = childrenOf(graph, node.id);
        const isOutcome = shownOutcome.value === node.id;
        return (
          <li key={node.id} class="graph-list-site">
            <button
              type="button"
              class="graph-list-name"
              aria-pressed={selectedSite.value === node.id}
              onClick={() => select(selectedSite.value === node.id ? null : node.id)}
            >
              <strong>{node.id}</strong> {node.label}
            </button>
            <span class="small muted">
              {[kindWords[node.kind], isOutcome && "the outcome", changed.has(node.id) && "changed"]
                .filter(Boolean)
                .join(", ")}
              {parents.length > 0 && <>. Influenced by {parents.join(", ")}</>}
              {children.length > 0 && <>. Influences {children.join(", ")}</>}.
            </span>
            <span class="row">
              {!isOutcome && node.kind !== "factor" && (
                <button type="button" class="button small" onClick={() => intervene(node.id)}>
                  Change {node.id}
                </button>
              )}
              {!isOutcome && node.kind !== "input" && node.kind !== "factor" && (
                <button type="button" class="button quiet small" onClick={() => chooseOutcome(node.id)}>
                  Make {node.id} the outcome
                </button>
              )}
            </span>
          </li>
        );
      })}
    </ul>
  );
}
