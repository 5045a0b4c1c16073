import Empty from "@/components/Empty";
import Panel from "@/components/Panel";
import { check, selectedSite } from "@/core/lab";
import { graph, graphAsList } from "@/core/question";
import { blockedBy } from "@/core/problems";
import GraphCanvas from "./GraphCanvas";
import GraphLegend from "./GraphLegend";
import GraphList from "./GraphList";
import GraphTools from "./GraphTools";
import SiteInspector from "./SiteInspector";
import "./graph-panel.css";

/** The model as a picture or as a list, and the site that is chosen in it. */
export default function GraphPanel() {
  const shown = graph.value;
  const { kind } = check.value;
  const chosen = shown?.nodes.find(({ id }) => id === selectedSite.value);
  return (
    <Panel
      title="Graph"
      class={kind === "bad" ? "graph-panel graph-panel-outdated" : "graph-panel"}
      actions={shown && shown.nodes.length > 0 && <GraphTools />}
    >
      {kind === "bad" && shown && (
        <p class="small muted">
          {blockedBy(check.value.problems) ?? "The project cannot be checked"}: this is the graph before.
        </p>
      )}
      {shown === null && kind !== "bad" && (
        <div class="skeleton graph-panel-skeleton" aria-label="The graph is loading" />
      )}
      {shown === null && kind === "bad" && (
        <Empty>The graph appears once the model has no errors and has its data.</Empty>
      )}
      {shown?.nodes.length === 0 && <Empty>The model has no sites yet: write one with sample("name", …).</Empty>}
      {shown && shown.nodes.length > 0 && (
        <>
          {graphAsList.value ? <GraphList graph={shown} /> : <GraphCanvas graph={shown} />}
          {!graphAsList.value && <GraphLegend graph={shown} />}
        </>
      )}
      {shown && chosen && <SiteInspector key={chosen.id} graph={shown} node={chosen} />}
    </Panel>
  );
}
