import { useState } from "preact/hooks";
import Empty from "@/components/Empty";
import { isRunning } from "@/core/actions/runs";
import { observedValues } from "@/core/actions/draws";
import { check, project, result } from "@/core/lab";
import { counted } from "@/util/format";
import NeedsRun from "./NeedsRun";
import PredictiveCheck from "./PredictiveCheck";

/** Numbers that a check may simulate before it asks: about 160 MB. */
const MANY = 2e7;

/** Posterior predictive check: does the fitted model make up data like the observed ones? */
export default function CheckTab() {
  const [allowed, allow] = useState(false);
  const [chosen, choose] = useState("");
  if (isRunning() || !result.value?.fit) return <NeedsRun what="The check" />;
  const outcomes = outcomesWithData();
  const outcome = outcomes.find((name) => name === chosen) ?? outcomes[0];
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
  return <PredictiveCheck outcomes={outcomes} outcome={outcome} onChoose={choose} />;
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
