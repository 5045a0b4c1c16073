import Banner from "@/components/Banner";
import { endEngine, openAgain } from "@/core/actions/revive";
import { isRunning, startRun } from "@/core/actions/runs";
import { fitLoss } from "@/core/lab";
import { silent } from "@/core/patience";

/** What becomes of the fit when a question about it ends its engine, or is not answered. */
export default function FitLossNote() {
  if (isRunning()) return null;
  if (silent.value) return <Silent />;
  if (fitLoss.value === "reopening") {
    return (
      <Banner kind="info" title="The engine stopped while it computed on this fit.">
        Another one takes its place and opens the fit again.
      </Banner>
    );
  }
  if (fitLoss.value === "reopened") {
    const dismiss = (
      <button type="button" class="button quiet" onClick={() => (fitLoss.value = null)}>
        Dismiss
      </button>
    );
    return (
      <Banner kind="info" title="The engine stopped while it computed on this fit." actions={dismiss}>
        Another one has opened the fit again. Nothing is lost.
      </Banner>
    );
  }
  if (fitLoss.value !== "gone") return null;
  const actions = (
    <>
      <button type="button" class="button" onClick={() => void openAgain()}>
        Open the fit again
      </button>
      <button type="button" class="button quiet" onClick={() => void startRun()}>
        Run again
      </button>
    </>
  );
  return (
    <Banner kind="bad" title="The engine stopped, and the fit is closed." actions={actions}>
      Your project is safe, and what was computed is still shown. Was it short of memory? Ask for less at once.
    </Banner>
  );
}

function Silent() {
  const end = (
    <button type="button" class="button" onClick={endEngine}>
      End it and open the fit again
    </button>
  );
  return (
    <Banner kind="warn" title="The engine takes long, and reports no progress." actions={end}>
      It may still answer. If it hangs, another one can take its place, with the fit as this browser keeps it.
    </Banner>
  );
}
