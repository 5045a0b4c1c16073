import { useEffect } from "preact/hooks";
import { isRunning, runsOn, shareDone, startRun, stopRun } from "@/core/actions/runs";
import { computer } from "@/core/computer";
import { check, project, run } from "@/core/lab";
import { methodOf, settingsFor } from "@/core/settings";
import { useMedia } from "@/components/useMedia";
import MethodChoice from "./MethodChoice";
import RunStatus from "./RunStatus";
import SettingField from "./SettingField";
import SettingsSheet from "./SettingsSheet";
import "./run-bar.css";

/** Always on screen, so that Run and Stop never move. */
export default function RunBar() {
  const wide = useMedia("(min-width: 80em)");
  useShortcuts();
  const running = isRunning();
  const method = methodOf(project.value.experiment);
  const basic = settingsFor(method, false);
  const advanced = settingsFor(method, true);
  const fields = (list: typeof basic) =>
    list.map((setting) => <SettingField key={`${method} ${setting.key}`} setting={setting} disabled={running} />);
  return (
    <section class="run-bar" aria-label="Run">
      <Bar />
      <MethodChoice disabled={running} />
      {wide && <div class="run-bar-basic">{fields(basic)}</div>}
      <SettingsSheet label={wide ? "Advanced" : "Settings"} closed={running}>
        {!wide && fields(basic)}
        {fields(advanced)}
        <Where disabled={running} />
      </SettingsSheet>
      <RunStatus />
      <Button />
    </section>
  );
}

function Bar() {
  if (!isRunning()) return null;
  const share = shareDone();
  return (
    <div
      class={`run-bar-progress ${share === null ? "run-bar-unknown" : ""}`}
      role="progressbar"
      aria-label="Progress of the run"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={share === null ? undefined : Math.round(100 * share)}
    >
      <div style={{ transform: `scaleX(${share ?? 1})` }} />
    </div>
  );
}

function Button() {
  const keys = /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘ Enter" : "Ctrl Enter";
  const state = run.value;
  if (state.kind === "running" || state.kind === "stopping") {
    const words = state.deaf ? "End now" : state.kind === "stopping" ? "Stopping…" : "Stop";
    return (
      <button
        type="button"
        class="button run-bar-button"
        disabled={state.kind === "stopping" && !state.deaf}
        title={state.deaf ? "It takes its time: end it without results" : undefined}
        onClick={stopRun}
      >
        <span aria-hidden="true">■</span> {words}
        <kbd>Esc</kbd>
      </button>
    );
  }
  return (
    <button
      type="button"
      class="button primary run-bar-button"
      disabled={check.value.kind === "bad"}
      onClick={() => void startRun()}
    >
      <span aria-hidden="true">▶</span> Run
      <kbd>{keys}</kbd>
    </button>
  );
}

function Where({ disabled }: { disabled: boolean }) {
  if (!computer.value) return null;
  return (
    <label class="switch-field">
      <input
        type="checkbox"
        disabled={disabled}
        checked={runsOn.value === "computer"}
        onChange={(event) => (runsOn.value = event.currentTarget.checked ? "computer" : "page")}
      />
      Run on this computer ({computer.value.threads} threads)
    </label>
  );
}

/** Ctrl or Cmd with Enter runs from anywhere; Escape stops, unless something else on the page takes it. */
function useShortcuts() {
  useEffect(() => {
    const keys = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        // A number that is being typed counts.
        if (document.activeElement instanceof HTMLInputElement) document.activeElement.dispatchEvent(new Event("blur"));
        if (check.value.kind !== "bad") void startRun();
      }
      if (event.key === "Escape" && isRunning() && !document.querySelector("dialog[open]")) stopRun();
    };
    document.addEventListener("keydown", keys);
    return () => document.removeEventListener("keydown", keys);
  }, []);
}
