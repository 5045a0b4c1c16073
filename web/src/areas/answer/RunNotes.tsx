import Banner from "@/components/Banner";
import { discardPartial, dismiss, errorReport, isRunning, startRun } from "@/core/actions/runs";
import { interrupted, keepRunCheckpoint } from "@/core/actions/keep";
import { notify } from "@/core/actions/edit";
import { engineState } from "@/core/engine";
import { check, project, result, run, stale } from "@/core/lab";
import { changedSince } from "@/core/changed";
import { fitUnit } from "@/core/job";
import { placeWords } from "@/core/live";
import { capital } from "@/core/sentences";
import FitLossNote from "./FitLossNote";

const NO_MEMORY = "E907";
const LESS = "Ask for fewer draws or fewer rows, or run the experiment file with the command line";

/** What is to be said about the last run before its results. */
export default function RunNotes() {
  return (
    <>
      <Ended />
      <FitLossNote />
      <CutOff />
      <Partial />
      <Stale />
    </>
  );
}

function Ended() {
  const state = run.value;
  if (state.kind === "cancelled") {
    const where = state.total > 0 ? `at ${placeWords(state)}` : "before the fit began";
    if (!state.kept) {
      return (
        <Banner kind="info" title={`Stopped ${where}: there was nothing to keep yet.`} actions={<Dismiss />}>
          What is shown is from before.
        </Banner>
      );
    }
    const actions = (
      <>
        <button type="button" class="button" onClick={dismiss}>
          Keep
        </button>
        <button type="button" class="button quiet" onClick={discardPartial}>
          Discard
        </button>
      </>
    );
    return (
      <Banner kind="info" title={`Stopped ${where}: the results so far are kept.`} actions={actions}>
        They are less certain than those of a complete run.
      </Banner>
    );
  }
  if (state.kind !== "failed" && state.kind !== "crashed") return null;
  const { problem } = state;
  const line = problem.line === null ? "" : ` (line ${problem.line})`;
  const actions = (
    <>
      <button type="button" class="button" onClick={() => void startRun()}>
        Run again
      </button>
      <CopyReport />
      <Dismiss />
    </>
  );
  if (state.kind === "failed") {
    return (
      <Banner kind="bad" title={`The run failed${line}: ${problem.message}`} actions={actions}>
        {problem.hint ?? (problem.code === NO_MEMORY && `${LESS}.`)} <span class="muted">[{problem.code}]</span>
      </Banner>
    );
  }
  if (engineState.value.kind === "failed") {
    return (
      <Banner kind="bad" title="The engine could not be loaded. Your project is safe." actions={actions}>
        The first visit needs the network, and a run with too little memory cannot start. [{problem.code}]
      </Banner>
    );
  }
  return (
    <Banner
      kind="bad"
      title="The engine stopped. Your project is safe, and a new engine takes its place."
      actions={actions}
    >
      {capital(problem.message)}. Was it short of memory? {LESS}.
    </Banner>
  );
}

/** A run that the engine or the closing of the page cut off can go on. */
function CutOff() {
  const checkpoint = interrupted.value;
  if (!checkpoint || isRunning()) return null;
  const unit = fitUnit(project.value.experiment);
  const actions = (
    <>
      <button type="button" class="button" onClick={() => void startRun(checkpoint.bytes)}>
        Continue
      </button>
      <button type="button" class="button quiet" onClick={() => void keepRunCheckpoint(null)}>
        Forget it
      </button>
    </>
  );
  return (
    <Banner kind="info" title="A run was cut off before its end." actions={actions}>
      It can go on from {placeWords({ ...checkpoint, unit })}, and comes to the same numbers.
    </Banner>
  );
}

function Dismiss() {
  return (
    <button type="button" class="button quiet" onClick={dismiss}>
      Dismiss
    </button>
  );
}

function CopyReport() {
  const copy = () =>
    navigator.clipboard.writeText(errorReport()).then(
      () => notify("The report is copied. It holds the model, but none of the data."),
      () => notify("The browser did not let the page copy.", "error"),
    );
  return (
    <button type="button" class="button quiet" onClick={() => void copy()}>
      Copy report
    </button>
  );
}

function Partial() {
  const shown = result.value;
  const stopped = shown?.provenance?.stopped;
  if (!shown || shown.complete || run.value.kind === "cancelled") return null;
  return (
    <Banner kind="info" title="Partial results">
      {stopped ? `The run was stopped at ${placeWords(stopped)}.` : "The run was stopped early."}
    </Banner>
  );
}

function Stale() {
  if (!stale.value || isRunning() || !result.value) return null;
  const what = changedSince(result.value.fingerprint, project.value);
  const rerun = (
    <button type="button" class="button" onClick={() => void startRun()}>
      Run again
    </button>
  );
  return (
    <Banner kind="warn" title={`The ${what} changed since this run.`} actions={check.value.kind !== "bad" && rerun}>
      What is shown was made before the change.
    </Banner>
  );
}
