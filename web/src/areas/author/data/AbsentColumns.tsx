import Banner from "@/components/Banner";
import { project, result, table } from "@/core/lab";
import { absentColumns } from "@/core/opened";

/** What a store that was opened does not keep of its table, and the project asks for. */
export default function AbsentColumns() {
  if (result.value?.origin !== "opened") return null;
  const absent = absentColumns(project.value.experiment, table.value);
  if (absent.length === 0) return null;
  const [first, ...others] = absent.map(({ column, needed }) => `${column} (for ${needed})`);
  return (
    <Banner kind="warn" title={`Not in the store: ${[first, ...others].join(", ")}.`}>
      A store keeps the columns that the model used. Drop the table it was made with here to have the others too.
    </Banner>
  );
}
