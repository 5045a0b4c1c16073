import { useState } from "preact/hooks";
import type { Figure, Theme } from "@/charts/plotly/types";
import ChoiceField from "@/components/ChoiceField";
import { observedValues, simulated } from "@/core/actions/draws";
import { project, result, stale } from "@/core/lab";
import { outcomeSupport } from "@/core/support";
import Drawing from "./Drawing";
import { useAsync } from "./useAsync";
import "./plots-tab.css";

interface Props {
  outcomes: string[];
  outcome: string;
  onChoose: (outcome: string) => void;
}

type Values = "boolean" | "count" | "real";

const first = {
  boolean: { id: "values", label: "Yes and no" },
  count: { id: "values", label: "Rootogram" },
  real: { id: "values", label: "Density" },
};
const further = [
  { id: "ecdf", label: "Cumulative (ECDF)" },
  { id: "mean", label: "Mean" },
  { id: "sd", label: "Standard deviation" },
  { id: "smallest", label: "Smallest" },
  { id: "median", label: "Median" },
  { id: "largest", label: "Largest" },
];
const zeros = { id: "zeros", label: "Share of zeros" };

/** Simulated outcomes beside the observed one, as a whole or in one number. */
export default function PredictiveCheck({ outcomes, outcome, onChoose }: Props) {
  const [wanted, setWanted] = useState("values");
  const fit = result.value?.fit;
  const state = useAsync(() => figureOf(outcome, wanted), [outcome, wanted, fit]);
  const values = valuesOf(outcome);
  const views =
    values === "boolean" ? [first.boolean] : [first[values], ...further, ...(values === "count" ? [zeros] : [])];
  return (
    <div class="stack">
      {(views.length > 1 || outcomes.length > 1) && (
        <div class="row plots-tab-choice">
          {views.length > 1 && <ChoiceField label="Compare" value={wanted} options={views} onChoose={setWanted} />}
          {outcomes.length > 1 && (
            <ChoiceField
              label="Site"
              value={outcome}
              options={outcomes.map((id) => ({ id, label: id }))}
              onChoose={(name) => {
                setWanted("values");
                onChoose(name);
              }}
            />
          )}
        </div>
      )}
      {stale.value && <p class="muted small">The observed values are those of now, the model is that of the run.</p>}
      <Drawing state={state} name={`check-${outcome}`} />
    </div>
  );
}

function valuesOf(outcome: string): Values {
  const support = outcomeSupport(outcome) ?? "";
  return support === "boolean" ? "boolean" : support.includes("integer") ? "count" : "real";
}

/** Curves are enough of 50 data sets; intervals and single numbers need more. */
const DRAWN = 50;
const COUNTED = 200;

async function figureOf(outcome: string, wanted: string): Promise<(theme: Theme) => Figure> {
  const observed = observedValues(project.value, outcome) ?? new Float64Array();
  const { data, shape } = await simulated(outcome);
  const rows = shape.slice(2).reduce((product, length) => product * length, 1);
  const { predictiveDensity, replicates } = await import("@/charts/plotly/predictive");
  const values = valuesOf(outcome);
  if (wanted === "ecdf") {
    const { predictiveEcdf } = await import("@/charts/plotly/ecdf");
    const made = replicates(data, rows, DRAWN);
    return (theme) => predictiveEcdf(outcome, made, observed, theme);
  }
  if (wanted !== "values") {
    const { predictiveStatistic } = await import("@/charts/plotly/statistic");
    const made = replicates(data, rows, COUNTED);
    return (theme) => predictiveStatistic(outcome, wanted, made, observed, theme);
  }
  if (values === "real") {
    const made = replicates(data, rows, DRAWN);
    return (theme) => predictiveDensity(outcome, made, observed, theme);
  }
  const { predictiveShares, rootogram } = await import("@/charts/plotly/counts");
  const made = replicates(data, rows, COUNTED);
  return (theme) => (values === "boolean" ? predictiveShares : rootogram)(outcome, made, observed, theme);
}
