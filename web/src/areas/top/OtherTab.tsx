import { duplicate } from "@/core/actions/keep";
import { isRunning } from "@/core/actions/runs";
import { holding } from "@/core/hold";

const words = {
  elsewhere: "This project is open in another tab. Changes made here are not kept.",
  left: "Another tab had this project open and has let go of it. Changes made here are not kept.",
};

/** Two tabs would overwrite each other's changes: the second one works on a copy. */
export default function OtherTab() {
  const state = holding.value;
  if (state === "held") return null;
  return (
    <div class="notice">
      {words[state]}
      <button type="button" class="notice-close" disabled={isRunning()} onClick={() => void duplicate()}>
        Work on a copy
      </button>
    </div>
  );
}
