import ChainBars from "@/charts/live/ChainBars";
import EffectHistogram from "@/charts/live/EffectHistogram";
import LossCurve from "@/charts/live/LossCurve";
import Panel from "@/components/Panel";
import { activeEffect, check, outcome, project, run } from "@/core/lab";
import { countWords, divergencesOf, phaseWords, unitOf } from "@/core/live";
import { effectScale } from "@/core/sentences";
import { counted } from "@/util/format";

/** A run while it goes on: what it has found so far. */
export default function LivePanel() {
  const state = run.value;
  if (state.kind !== "running" && state.kind !== "stopping") return null;
  const { live, progress, method } = state;
  const fitting = progress?.phase === "optimize" || progress?.phase === "sample";
  const name = { svi: "SVI", nuts: "NUTS", hmc: "HMC" }[method] ?? method;
  return (
    <Panel title={state.kind === "stopping" ? "Stopping" : "Running"} class="live-panel">
      <p class="muted small">
        {name}: {progress ? phaseWords(progress.phase) : "getting ready"}
        {state.where === "computer" ? ", on this computer" : ""}. The rest of the page stays usable.
      </p>
      {/* Copies: a view is drawn again only when what it is given is another. */}
      <div class="live-panel-charts">
        {method === "svi" && live.steps.length < 2 ? (
          <p class="muted">The first steps are about to come.</p>
        ) : method === "svi" ? (
          <LossCurve
            steps={live.steps.slice()}
            losses={live.losses.slice()}
            total={fitting ? (progress?.total ?? 1) : (live.steps.at(-1) ?? 1)}
          />
        ) : (
          <Chains />
        )}
        {live.effectDraws.length > 1 && <Forming draws={live.effectDraws} />}
      </div>
    </Panel>
  );
}

function Chains() {
  const state = run.value;
  if (state.kind !== "running" && state.kind !== "stopping") return null;
  const { live, progress } = state;
  if (live.chains.length > 0) return <ChainBars chains={live.chains} />;
  const divergences = divergencesOf(live, progress);
  const { done = 0, total = 0 } = progress?.phase === "sample" ? progress : {};
  const said = divergences ? `, ${counted(divergences, "divergence")}` : "";
  return (
    <p class="numbers">
      {total > 0
        ? `${countWords({ done, total, unit: unitOf("sample") })}, all chains together${said}`
        : "The chains are about to start."}
    </p>
  );
}

function Forming({ draws }: { draws: number[] }) {
  const { experiment } = project.value;
  const site = outcome.value ?? "";
  const { factor, unit } = effectScale(experiment, site, check.value.report?.sites[site]?.support ?? null);
  const scaled = draws.map((draw) => draw * factor);
  return (
    <EffectHistogram
      series={[{ draws: scaled, tone: 1 + (activeEffect.value % 5), hdi: null }]}
      marks={[]}
      name={`Draws of the effect so far: ${draws.length}`}
      axis={`effect so far${unit ? `, ${unit}` : ""}`}
    />
  );
}
