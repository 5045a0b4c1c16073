// Columns of a table from the numbers of all of them.
import type { TableReport } from "./protocol.mjs";
import type { Table } from "./types.mjs";

export function toTable(report: TableReport): Table {
  // The worker has put the numbers in; a column is a part of them.
  const {
    rows,
    columns,
    arguments: values,
    data,
  } = report as unknown as Omit<TableReport, "address"> & { data: Float64Array };
  return {
    rows,
    columns: columns.map((column, at) => ({ ...column, values: data.subarray(at * rows, (at + 1) * rows) })),
    arguments: values,
  };
}
