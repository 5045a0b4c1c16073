import { chooseOutcome, columnAt, intervene, rangeOfTarget, select } from "@/core/actions/question";
import type { Graph, GraphNode } from "@/core/graph";
import { childrenOf, parentsOf, partOf } from "@/core/graph";
import { check, project, table } from "@/core/lab";
import { changes, shownOutcome, surgery } from "@/core/question";
import { orderedColumn, targetsAt } from "@/core/targets";
import { atStep } from "@/util/range";
import Histogram from "./Histogram";
import { kindWords, partWords } from "./words";
import "./site-inspector.css";

/** One site: what it is, what it does to the question, what was observed of it. */
export default function SiteInspector({ graph, node }: { graph: Graph; node: GraphNode }) {
  const unit = project.value.experiment.labels?.[node.id]?.unit;
  const site = check.value.report?.sites[node.id];
  const isOutcome = shownOutcome.value === node.id;
  const targets = targetsAt(graph, project.value.experiment, node.id);
  const parents = parentsOf(graph, node.id);
  const children = childrenOf(graph, node.id);
  return (
    <section class="site-inspector" aria-label={`Site ${node.id}`}>
      <header class="row spread">
        <h3>
          {node.label ? `${node.label} (${node.id})` : node.id}
          {unit && <span class="muted">, in {unit}</span>}
        </h3>
        <button type="button" class="button quiet small" onClick={() => close(node.id)}>
          Close
        </button>
      </header>
      <p class="small">{partWords[partOf(graph, node.id, surgery.value.changed, shownOutcome.value)]}</p>
      <dl class="site-inspector-facts small">
        <dt>Kind</dt>
        <dd>
          {kindWords[node.kind]}
          {site?.distribution && `, ${site.distribution}`}
          {site && site.shape.length > 0 && `, ${site.shape.map((n) => n.toLocaleString("en")).join(" × ")} values`}
        </dd>
        <dt>Influenced by</dt>
        <dd>{parents.join(", ") || "nothing in the model"}</dd>
        <dt>Influences</dt>
        <dd>{children.join(", ") || "nothing in the model"}</dd>
      </dl>
      {targets.slice(0, 3).map(({ id }) => (
        <Observed key={id} target={id} hasName={targets.length > 1} />
      ))}
      <div class="row">
        {!isOutcome && node.kind !== "factor" && (
          <button type="button" class="button small" onClick={() => intervene(node.id)}>
            {surgery.value.changed.has(node.id) ? `Go to the change of ${node.id}` : `Change ${node.id}`}
          </button>
        )}
        {!isOutcome && node.kind !== "input" && node.kind !== "factor" && (
          <button type="button" class="button quiet small" onClick={() => chooseOutcome(node.id)}>
            Make it the outcome
          </button>
        )}
      </div>
    </section>
  );
}

/** The focus goes back to the site in the picture; in the list it stays near. */
function close(site: string) {
  select(null);
  document.querySelector<SVGElement>(`[data-node="${CSS.escape(site)}"]`)?.focus();
}

/** The column behind a site, or why there is none. */
function Observed({ target, hasName }: { target: string; hasName: boolean }) {
  const column = columnAt(target);
  const values = orderedColumn(table.value, column);
  const range = rangeOfTarget(target);
  if (values.length === 0 || !range) return null;
  const write = (value: number) => atStep(value, range.step);
  const change = changes.value[target];
  const words = `observed values of ${column}: middle ${write(range.median)}, 98 % between ${write(range.low)} and ${write(range.high)}`;
  return (
    <figure class="site-inspector-observed">
      <Histogram values={values} label={words} mark={typeof change === "number" ? change : null} height={52} />
      <figcaption class="small muted numbers">
        {hasName && `${target}: `}
        98 % between {write(range.low)} and {write(range.high)}, half below {write(range.median)}
      </figcaption>
    </figure>
  );
}
