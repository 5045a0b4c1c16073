import { useMemo } from "preact/hooks";
import EffectHistogram from "@/charts/live/EffectHistogram";
import Empty from "@/components/Empty";
import { effectWords, letters, scaledDraws } from "@/core/effectWords";
import { startRun } from "@/core/actions/runs";
import { project, result } from "@/core/lab";
import { outcomeSupport } from "@/core/support";
import type { EffectView } from "@/core/lab";
import type { EffectScale } from "@/core/sentences";
import { counted } from "@/util/format";
import ContrastTable from "./ContrastTable";
import EffectCard from "./EffectCard";

/** The effects of the experiment, one card each; several are also drawn together. */
export default function EffectTab({ onShowWarnings }: { onShowWarnings: () => void }) {
  const effects = result.value?.effects ?? [];
  const warnings = result.value?.warnings.length ?? 0;
  if (effects.length === 0) {
    const asked = (project.value.experiment.effects ?? []).length > 0;
    return asked ? (
      <Empty
        action={
          <button type="button" class="button" onClick={() => void startRun()}>
            Run
          </button>
        }
      >
        The effect is computed with the next run.
      </Empty>
    ) : (
      <Empty>No effect is asked for yet. Choose a site in the graph and set it: the answer comes here.</Empty>
    );
  }
  return (
    <div class="stack">
      {effects.length > 1 && <Together effects={effects} />}
      {warnings > 0 && (
        <p class="effect-tab-warnings">
          <span aria-hidden="true">! </span>The fit has {counted(warnings, "warning")}, so take this with care.{" "}
          <button type="button" class="effect-tab-link" onClick={onShowWarnings}>
            What to do
          </button>
        </p>
      )}
      {effects.map((view, i) => (
        <EffectCard key={i} index={i} view={view} lettered={effects.length > 1} />
      ))}
    </div>
  );
}

function Together({ effects }: { effects: EffectView[] }) {
  const first = effects[0];
  const words = first && effectWords(project.value, 0, first, outcomeSupport(first.report?.outcome));
  const comparable = effects.filter(
    ({ report, draws }) =>
      report &&
      draws.length > 1 &&
      report.outcome === first?.report?.outcome &&
      report.baseline === first.report.baseline,
  );
  if (!words || comparable.length < 2 || comparable.length !== effects.length) return null;
  return <Overlaid effects={effects} scale={words.scale} probability={first.report?.hdi_prob ?? 0.94} />;
}

function Overlaid({ effects, scale, probability }: { effects: EffectView[]; scale: EffectScale; probability: number }) {
  const series = useMemo(
    () =>
      effects.map((view, i) => {
        const { hdi_low, hdi_high } = view.report?.ate ?? { hdi_low: null, hdi_high: null };
        const hdi: [number, number] | null =
          hdi_low !== null && hdi_high !== null ? [hdi_low * scale.factor, hdi_high * scale.factor] : null;
        return { draws: scaledDraws(view, scale), tone: 1 + (i % 5), letter: letters[i] ?? String(i + 1), hdi };
      }),
    [effects, scale.factor],
  );
  const unit = scale.unit ? `, ${scale.unit}` : "";
  return (
    <section class="stack" aria-label="Scenarios side by side">
      <EffectHistogram
        series={series}
        marks={[]}
        name="Draws of the effects of all scenarios"
        axis={`effect on ${scale.what}${unit}`}
      />
      <ContrastTable views={effects} scale={scale} probability={probability} />
    </section>
  );
}
