import Panel from "@/components/Panel";
import { project } from "@/core/lab";

export default function RunBar() {
  return <Panel title="Run">{project.value.experiment.question ?? ""}</Panel>;
}
