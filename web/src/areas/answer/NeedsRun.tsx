import Empty from "@/components/Empty";
import { isRunning, startRun } from "@/core/actions/runs";
import { result } from "@/core/lab";

/** Why there is nothing to draw, and what to do about it. */
export default function NeedsRun({ what }: { what: string }) {
  if (isRunning()) return <Empty>{what} waits until the run is done, so that the page stays quick.</Empty>;
  const stored = result.value?.origin === "stored";
  return (
    <Empty
      action={
        <button type="button" class="button" onClick={() => void startRun()}>
          Run
        </button>
      }
    >
      {what} needs the draws of a fit{stored ? ", which a stored result does not carry" : ""}. A run makes them.
    </Empty>
  );
}
