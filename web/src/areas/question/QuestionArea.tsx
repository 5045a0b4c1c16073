import Panel from "@/components/Panel";
import { project } from "@/core/lab";

export default function QuestionArea() {
  return <Panel title="Question">{project.value.experiment.question ?? ""}</Panel>;
}
