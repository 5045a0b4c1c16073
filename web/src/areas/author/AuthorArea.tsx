import Panel from "@/components/Panel";
import { project } from "@/core/lab";

export default function AuthorArea() {
  return <Panel title="Model">{project.value.experiment.question ?? ""}</Panel>;
}
