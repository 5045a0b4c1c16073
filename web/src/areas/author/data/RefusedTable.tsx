import { refused } from "@/core/actions/tables";
import { project } from "@/core/lab";
import TableProblem from "./TableProblem";

/** Why a file did not become the table. */
export default function RefusedTable() {
  if (refused.value?.project !== project.value.id) return null;
  const { name, problem, bytes } = refused.value;
  const dismiss = (
    <button type="button" class="button quiet" onClick={() => (refused.value = null)}>
      Dismiss
    </button>
  );
  return <TableProblem problem={problem} bytes={bytes ?? undefined} refused={name} actions={dismiss} />;
}
