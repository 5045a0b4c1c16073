import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import Tabs from "@/components/Tabs";
import { watchChecks } from "@/core/actions/checks";
import { watchTable } from "@/core/actions/tables";
import { wakeWhenQuiet } from "@/core/awake";
import { check } from "@/core/lab";
import { areaOf } from "@/core/problems";
import DataPanel from "./data/DataPanel";
import ModelPanel from "./model/ModelPanel";
import "./author-area.css";

/** Model and data: what the core is asked about. */
export default function AuthorArea() {
  const chosen = useSignal<"model" | "data">("model");
  useEffect(watchChecks, []);
  useEffect(watchTable, []);
  useEffect(wakeWhenQuiet, []);
  const count = (area: "model" | "data") => {
    const found = check.value.problems.filter((problem) => areaOf(problem) === area).length;
    return found === 0 ? {} : { mark: String(found), markName: found === 1 ? "1 problem" : `${found} problems` };
  };
  return (
    <div class="author-area">
      <Tabs
        label="Model and data"
        tabs={[
          { id: "model", label: "Model", ...count("model") },
          { id: "data", label: "Data", ...count("data") },
        ]}
        chosen={chosen.value}
        onChoose={(id) => (chosen.value = id === "data" ? "data" : "model")}
      >
        {/* The editor stays, with its cursor and its history. */}
        <div class="author-area-part" hidden={chosen.value !== "model"}>
          <ModelPanel onShowData={() => (chosen.value = "data")} />
        </div>
        {chosen.value === "data" && <DataPanel />}
      </Tabs>
    </div>
  );
}
