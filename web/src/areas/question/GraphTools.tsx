import Menu from "@/components/Menu";
import { edit, notify } from "@/core/actions/edit";
import { project } from "@/core/lab";
import { foldable, graphAsList, showParameters } from "@/core/question";
import { svgText } from "@/util/svgText";

/** Picture or list, what is in it, and what can be done with it. */
export default function GraphTools() {
  const asList = graphAsList.value;
  return (
    <>
      {foldable.value && (
        <label class="graph-panel-fold small" title="Coefficients and priors: one for all rows">
          <input
            type="checkbox"
            checked={showParameters.value}
            onChange={(event) => (showParameters.value = event.currentTarget.checked)}
          />
          Parameters
        </label>
      )}
      <button type="button" class="button quiet small" onClick={() => (graphAsList.value = !asList)}>
        {asList ? "As a picture" : "As a list"}
      </button>
      {!asList && (
        <Menu label="⋯" name="More for the graph">
          {(close) => (
            <>
              <button type="button" onClick={() => (close(), void copy())}>
                Copy as SVG
              </button>
              <button
                type="button"
                disabled={project.value.experiment.layout === undefined}
                onClick={() => (close(), arrange())}
              >
                Arrange anew
              </button>
            </>
          )}
        </Menu>
      )}
    </>
  );
}

/** Forgets where nodes were dragged to. */
function arrange(): void {
  edit((project) => {
    const { layout: _, ...experiment } = project.experiment;
    return { ...project, experiment };
  });
}

async function copy(): Promise<void> {
  const picture = document.querySelector<SVGSVGElement>(".graph-canvas-picture");
  if (!picture) return;
  try {
    await navigator.clipboard.writeText(svgText(picture));
    notify("The graph was copied as SVG.");
  } catch {
    notify("The browser does not let this page use the clipboard.", "error");
  }
}
