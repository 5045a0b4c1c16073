import { useEffect, useRef, useState } from "preact/hooks";
import { isRunning } from "@/core/actions/runs";
import { effectWords } from "@/core/effectWords";
import { activeEffect, project, result, run } from "@/core/lab";
import { outcomeSupport } from "@/core/support";

/** A question that is still being changed is not answered aloud. */
const SETTLED_MS = 800;

const endings = { cancelled: "The run was stopped.", failed: "The run failed.", crashed: "The engine stopped." };

/** Reads out what a run came to once its effect is there, and the answer to another question once it is settled. */
export default function Announcement() {
  const waiting = useRef(false);
  const known = useRef<string | undefined | null>(null);
  const [said, say] = useState("");
  const running = isRunning();
  const view = result.value?.effects[activeEffect.value];
  const answered = view?.kind === "ready" || view?.kind === "failed";
  const { id } = project.value;
  // A run of the project before has not come to an end of its own.
  useEffect(() => {
    waiting.current = false;
    known.current = null;
    say("");
  }, [id]);
  useEffect(() => {
    const answer = () => {
      if (view?.kind === "failed")
        return ` The effect could not be computed: ${view.problem?.message ?? "no reason is known"}.`;
      // Another kind shows the answer to the question before.
      if (view?.kind !== "ready") return "";
      const words = effectWords(project.value, activeEffect.value, view, outcomeSupport(view.report?.outcome));
      return words ? ` ${words.action}${words.verb}${words.amount}. ${words.sure}` : "";
    };
    if (running) {
      waiting.current = true;
      say("The run has started.");
    } else if (waiting.current) {
      if (view?.kind === "updating") return;
      waiting.current = false;
      const { kind } = run.value;
      say((kind in endings ? endings[kind as keyof typeof endings] : "The run is done.") + answer());
    } else if (known.current !== null && answered && view.key !== known.current) {
      const timer = setTimeout(() => {
        known.current = view.key;
        say(answer());
      }, SETTLED_MS);
      return () => clearTimeout(timer);
    }
    if (answered) known.current = view.key;
    return undefined;
  }, [running, view]);
  return (
    <div class="visually-hidden" role="status" aria-live="polite">
      {said}
    </div>
  );
}
