import { project } from "@/core/lab";
import EngineChip from "./EngineChip";
import "./top-bar.css";

export default function TopBar() {
  return (
    <header class="top-bar">
      <span class="top-bar-name">dolab</span>
      <span class="top-bar-title">{project.value.experiment.title ?? "Untitled"}</span>
      <div class="top-bar-tools">
        <EngineChip />
      </div>
    </header>
  );
}
