import { useEffect, useRef, useState } from "preact/hooks";
import { isRunning } from "@/core/actions/runs";
import { effectWords } from "@/core/effectWords";
import { activeEffect, project, result, run } from "@/core/lab";
import { outcomeSupport } from "@/core/support";

/** Reads out what a run came to, once its effect is there. */
export default function Announcement() {
  const waiting = useRef(false);
  const [said, say] = useState("");
  const running = isRunning();
  const view = result.value?.effects[activeEffect.value];
  useEffect(() => {
    if (running) {
      waiting.current = true;
      say("The run has started.");
    } else if (waiting.current && view?.kind !== "updating") {
      waiting.current = false;
      const words = view
        ? effectWords(project.value, activeEffect.value, view, outcomeSupport(view.report?.outcome))
        : null;
      const how = { cancelled: "The run was stopped.", failed: "The run failed.", crashed: "The engine stopped." };
      const ended = run.value.kind in how ? how[run.value.kind as keyof typeof how] : "The run is done.";
      say(words ? `${ended} ${words.action}${words.verb}${words.amount}. ${words.sure}` : ended);
    }
  }, [running, view]);
  return (
    <div class="visually-hidden" role="status" aria-live="polite">
      {said}
    </div>
  );
}
