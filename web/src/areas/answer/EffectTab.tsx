import { useMemo } from "preact/hooks";
import EffectHistogram from "@/charts/live/EffectHistogram";
import Empty from "@/components/Empty";
import SavePicture from "@/components/SavePicture";
import { effectWords, scaledDraws, sideBySide } from "@/core/effectWords";
import type { Lettered } from "@/core/effectWords";
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
      {warnings > 0 && (
        <p class="effect-tab-warnings">
          <span aria-hidden="true">! </span>The fit has {counted(warnings, "warning")}, so take this with care.{" "}
          <button type="button" class="effect-tab-link" onClick={onShowWarnings}>
            What to do
          </button>
        </p>
      )}
      {effects.length > 1 && <Together effects={effects} />}
      {effects.map((view, i) => (
        <EffectCard key={i} index={i} view={view} lettered={effects.length > 1} />
      ))}
    </div>
  );
}

function Together({ effects }: { effects: EffectView[] }) {
  const known = sideBySide(effects);
  const [first] = known;
  const report = first?.view.report;
  const words = first && effectWords(project.value, first.index, first.view, outcomeSupport(report?.outcome));
  if (!words || known.length < 2) return null;
  const missing = effects.length - known.length;
  return (
    <>
      <Overlaid shown={known} scale={words.scale} probability={report?.hdi_prob ?? 0.94} />
      {missing > 0 && <p class="muted small">{counted(missing, "scenario")} without an answer yet: not drawn here.</p>}
    </>
  );
}

interface OverlaidProps {
  shown: Lettered[];
  scale: EffectScale;
  probability: number;
}

function Overlaid({ shown, scale, probability }: OverlaidProps) {
  const series = useMemo(
    () =>
      shown.map(({ view, index, letter }) => {
        const { hdi_low, hdi_high } = view.report?.ate ?? { hdi_low: null, hdi_high: null };
        const hdi: [number, number] | null =
          hdi_low !== null && hdi_high !== null ? [hdi_low * scale.factor, hdi_high * scale.factor] : null;
        return { draws: scaledDraws(view, scale), tone: 1 + (index % 5), letter, hdi };
      }),
    [result.value?.effects, scale.factor],
  );
  const unit = scale.unit ? `, ${scale.unit}` : "";
  return (
    <section class="stack" aria-label="Scenarios side by side">
      <SavePicture name="effects">
        <EffectHistogram
          series={series}
          marks={[]}
          name="Draws of the effects of all scenarios"
          axis={`effect on ${scale.what}${unit}`}
        />
      </SavePicture>
      <ContrastTable shown={shown} scale={scale} probability={probability} />
    </section>
  );
}
