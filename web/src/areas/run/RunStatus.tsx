import { check, result, run, stale } from "@/core/lab";
import { divergencesOf, phaseWords, unitOf } from "@/core/live";
import { areaOf } from "@/core/problems";
import { count, counted, duration } from "@/util/format";

/** How far the run is, or what the last one came to, in a line. */
export default function RunStatus() {
  return (
    <div class="run-status">
      <Words />
    </div>
  );
}

/** Why it cannot run. */
function blockedBy(): string {
  const errors = check.value.problems.filter(({ severity }) => severity === "error");
  return errors.every((problem) => areaOf(problem) === "data")
    ? "The model needs data first: see Data."
    : "The model has an error.";
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
          {phaseWords(phase)} {count(done)} of {counted(total, unit)}
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
  if (state.kind === "crashed") return <strong class="run-status-bad">The engine stopped: see the answer.</strong>;
  if (state.kind === "cancelled") {
    return (
      <span>
        {state.total > 0
          ? `Stopped at ${state.unit} ${count(state.done)} of ${count(state.total)}.`
          : "Stopped before the fit began."}
      </span>
    );
  }
  if (check.value.kind === "bad") return <span class="muted">{blockedBy()}</span>;
  if (stale.value) return <span class="run-status-stale">Changed since this result.</span>;
  if (result.value?.origin === "stored")
    return <span class="muted">Shown: a stored result. Run computes it here.</span>;
  if (result.value?.origin === "opened") return <span class="muted">Shown: a result from a file.</span>;
  return result.value?.seconds ? <span class="muted">Done in {duration(result.value.seconds)}.</span> : null;
}
