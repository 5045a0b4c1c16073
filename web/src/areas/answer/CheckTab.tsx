import { useState } from "preact/hooks";
import type { Figure, Theme } from "@/charts/plotly/types";
import Empty from "@/components/Empty";
import { isRunning } from "@/core/actions/runs";
import { observedValues, simulated } from "@/core/actions/draws";
import { check, project, result, stale } from "@/core/lab";
import { outcomeSupport } from "@/core/support";
import { counted } from "@/util/format";
import Drawing from "./Drawing";
import NeedsRun from "./NeedsRun";
import { useAsync } from "./useAsync";

/** Numbers that a check may simulate before it asks: about 160 MB. */
const MANY = 2e7;

/** Posterior predictive check: does the fitted model make up data like the observed ones? */
export default function CheckTab() {
  const [allowed, allow] = useState(false);
  if (isRunning() || !result.value?.fit) return <NeedsRun what="The check" />;
  const outcomes = outcomesWithData();
  const outcome = outcomes[0];
  if (!outcome)
    return <Empty>No observed outcome whose values the page knows: there is nothing to compare with.</Empty>;
  const observed = observedValues(project.value, outcome);
  const size = (observed?.length ?? 0) * drawsKept();
  if (size > MANY && !allowed) {
    return (
      <Empty
        action={
          <button type="button" class="button" onClick={() => allow(true)}>
            Simulate
          </button>
        }
      >
        The check simulates {counted(size, "number")}, about {Math.round((8 * size) / 1e6)} MB.
      </Empty>
    );
  }
  return <Checked outcome={outcome} />;
}

function Checked({ outcome }: { outcome: string }) {
  const fit = result.value?.fit;
  const state = useAsync(() => figureOf(outcome), [outcome, fit]);
  return (
    <div class="stack">
      {stale.value && <p class="muted small">The observed values are those of now, the model is that of the run.</p>}
      <Drawing state={state} name={`check-${outcome}`} />
    </div>
  );
}

/** The project's output first; a site that is conditioned on is not made up. */
function outcomesWithData(): string[] {
  const sites = Object.entries(check.value.report?.sites ?? {});
  const { condition = {}, output } = project.value.experiment.model;
  const named = Array.isArray(output) ? output : output === undefined ? [] : [output];
  const observed = sites.filter(([, site]) => site.observed).map(([name]) => name);
  const wanted = [...named, ...observed.filter((name) => !(name in condition) && !named.includes(name))];
  return wanted.filter((name) => observed.includes(name) && observedValues(project.value, name) !== null);
}

function drawsKept(): number {
  const diagnostics = result.value?.diagnostics;
  if (!diagnostics) return 0;
  return diagnostics.draws * ("chains" in diagnostics ? diagnostics.chains : 1);
}

async function figureOf(outcome: string): Promise<(theme: Theme) => Figure> {
  const observed = observedValues(project.value, outcome) ?? new Float64Array();
  const { data, dtype, shape } = await simulated(outcome);
  const rows = shape.slice(2).reduce((product, length) => product * length, 1);
  const { predictiveBars, predictiveDensity, replicates } = await import("@/charts/plotly/predictive");
  const boolean = outcomeSupport(outcome) === "boolean";
  const whole = boolean || dtype !== "real" || (outcomeSupport(outcome) ?? "").includes("integer");
  // Bars need more than curves: their intervals are quantiles over the draws.
  const made = replicates(data, rows, whole ? 200 : 50);
  return (theme) =>
    whole ? predictiveBars(outcome, made, observed, boolean, theme) : predictiveDensity(outcome, made, observed, theme);
}
