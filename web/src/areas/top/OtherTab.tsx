import { duplicate } from "@/core/actions/keep";
import { isRunning } from "@/core/actions/runs";
import { holding } from "@/core/hold";
import "./other-tab.css";

const words = {
  elsewhere: "This project is open in another tab. Changes made here are not kept.",
  left: "Another tab had this project open and has let go of it. Changes made here are not kept.",
};

/** Two tabs would overwrite each other's changes: the second one works on a copy. */
export default function OtherTab() {
  const state = holding.value;
  return (
    <div role="status">
      {state !== "held" && (
        <div class="other-tab">
          {words[state]}
          <button type="button" class="button" disabled={isRunning()} onClick={() => void duplicate()}>
            Work on a copy
          </button>
        </div>
      )}
    </div>
  );
}
