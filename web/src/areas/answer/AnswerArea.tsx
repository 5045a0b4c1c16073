import { useEffect, useRef, useState } from "preact/hooks";
import Empty from "@/components/Empty";
import Panel from "@/components/Panel";
import Tabs from "@/components/Tabs";
import { isRunning, startRun } from "@/core/actions/runs";
import { result, run } from "@/core/lab";
import EffectTab from "./EffectTab";
import LivePanel from "./LivePanel";
import Origin from "./Origin";
import RunNotes from "./RunNotes";

const tabs = [{ id: "effect", label: "Effect", view: EffectTab }] as const;

/** What the last run says, and before it what a run that goes on has found so far. */
export default function AnswerArea() {
  const [shown, show] = useState<string>("effect");
  useAttention();
  const View = tabs.find(({ id }) => id === shown)?.view ?? EffectTab;
  return (
    <>
      <LivePanel />
      <Panel title="Answer" actions={<Origin />} class="answer">
        <RunNotes />
        {result.value ? (
          <Tabs label="Results" tabs={[...tabs]} chosen={shown} onChoose={show}>
            <View />
          </Tabs>
        ) : (
          !isRunning() && <Nothing />
        )}
      </Panel>
    </>
  );
}

function Nothing() {
  return (
    <Empty
      action={
        <button type="button" class="button" onClick={() => void startRun()}>
          Run
        </button>
      }
    >
      Nothing has been run yet. A run fits the model to the data; then the effects come here.
    </Empty>
  );
}

/** When a run is done, the keyboard goes to its effect, unless it is busy elsewhere. */
function useAttention() {
  const was = useRef(false);
  const running = isRunning();
  useEffect(() => {
    const ended = was.current && !running && run.value.kind === "idle";
    was.current = running;
    const { activeElement } = document;
    if (ended && (activeElement === document.body || activeElement?.closest(".run-bar"))) {
      document.getElementById("effect-0")?.focus({ preventScroll: true });
    }
  }, [running]);
}
