import Panel from "@/components/Panel";
import { project } from "@/core/lab";

export default function AnswerArea() {
  return <Panel title="Answer">{project.value.experiment.question ?? ""}</Panel>;
}
