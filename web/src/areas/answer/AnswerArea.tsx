import { useEffect, useRef, useState } from "preact/hooks";
import Empty from "@/components/Empty";
import Panel from "@/components/Panel";
import Tabs from "@/components/Tabs";
import { isRunning, startRun } from "@/core/actions/runs";
import { check, result, run } from "@/core/lab";
import { counted } from "@/util/format";
import Announcement from "./Announcement";
import CheckTab from "./CheckTab";
import EffectTab from "./EffectTab";
import LivePanel from "./LivePanel";
import LogTab from "./LogTab";
import Origin from "./Origin";
import PlotsTab from "./PlotsTab";
import PosteriorTab from "./PosteriorTab";
import RunNotes from "./RunNotes";

const tabs = [
  { id: "effect", label: "Effect", view: EffectTab },
  { id: "posterior", label: "Posterior", view: PosteriorTab },
  { id: "plots", label: "Plots", view: PlotsTab },
  { id: "check", label: "Check", view: CheckTab },
  { id: "log", label: "Log", view: LogTab },
];

/** What the last run says, and before it what a run that goes on has found so far. */
export default function AnswerArea() {
  const [shown, show] = useState<string>("effect");
  useAttention();
  const warnings = result.value?.warnings.length ?? 0;
  const marked = tabs.map((tab) =>
    tab.id === "posterior" && warnings > 0
      ? { ...tab, mark: String(warnings), markName: counted(warnings, "warning") }
      : tab,
  );
  const View = tabs.find(({ id }) => id === shown)?.view ?? EffectTab;
  return (
    <>
      <Announcement />
      <LivePanel />
      <Panel title="Answer" name="Last result" actions={<Origin />} class="answer">
        <RunNotes />
        {result.value ? (
          <Tabs label="Results" tabs={marked} chosen={shown} onChoose={show}>
            <View onShowWarnings={() => show("posterior")} />
          </Tabs>
        ) : (
          !isRunning() && <Nothing />
        )}
      </Panel>
    </>
  );
}

function Nothing() {
  if (check.value.kind === "bad") {
    return <Empty>Nothing has been run yet. Once the model has no errors and has its data, a run fills this.</Empty>;
  }
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
