import { keepNow } from "@/core/actions/keep";
import { isRunning } from "@/core/actions/runs";
import { newer, takeNewer } from "@/core/offline";

/** Word of a newer version; it comes when it is asked for, and never during a run. */
export default function NewerVersion() {
  if (!newer.value) return null;
  const running = isRunning();
  return (
    <div class="notice">
      A new version of this page is there{running ? ": reload when the run is done." : "."}
      <button type="button" class="notice-close" disabled={running} onClick={() => void keepNow().then(takeNewer)}>
        Reload
      </button>
      <button type="button" class="notice-close" onClick={() => (newer.value = null)}>
        Later
      </button>
    </div>
  );
}
