import { engineState } from "@/core/engine";
import { check, result, run, stale } from "@/core/lab";
import { countWords, divergencesOf, phaseWords, placeWords, unitOf } from "@/core/live";
import { blockedBy } from "@/core/problems";
import { count, counted, duration } from "@/util/format";

/** How far the run is, or what the last one came to, in a line. */
export default function RunStatus() {
  return (
    <div class="run-status">
      <Words />
    </div>
  );
}

function Words() {
  const state = run.value;
  if (state.kind === "running" || state.kind === "stopping") {
    const { progress } = state;
    if (state.kind === "stopping") return <strong>Stopping…</strong>;
    if (!progress)
      return <span class="muted">{result.value?.complete ? "Computing effects…" : "Starting the engine…"}</span>;
    const { phase, done, total, rate, eta_seconds } = progress;
    const unit = unitOf(phase);
    const divergences = divergencesOf(state.live, progress);
    return (
      <>
        <strong class="numbers">
          {phaseWords(phase)} {countWords({ done, total, unit })}
        </strong>
        <span class="muted numbers">
          {rate > 0 && `${count(rate)} ${unit}s/s, `}
          {duration(eta_seconds)} left
          {divergences ? `, ${counted(divergences, "divergence")}` : ""}
        </span>
      </>
    );
  }
  if (state.kind === "failed") return <strong class="run-status-bad">The run failed: see the answer.</strong>;
  if (state.kind === "crashed") {
    const what = engineState.value.kind === "failed" ? "The engine could not be loaded" : "The engine stopped";
    return <strong class="run-status-bad">{what}: see the answer.</strong>;
  }
  if (state.kind === "cancelled") {
    return <span>{state.total > 0 ? `Stopped at ${placeWords(state)}.` : "Stopped before the fit began."}</span>;
  }
  if (check.value.kind === "bad")
    return <span class="muted">{blockedBy(check.value.problems) ?? "The project cannot be checked"}.</span>;
  if (stale.value) return <span class="run-status-stale">Changed since this result.</span>;
  if (result.value?.origin === "stored")
    return <span class="muted">Shown: a stored result. Run computes it here.</span>;
  if (result.value?.origin === "opened") return <span class="muted">Shown: a result from a file.</span>;
  return result.value?.seconds ? <span class="muted">Done in {duration(result.value.seconds)}.</span> : null;
}
