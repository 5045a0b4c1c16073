import { count } from "@/util/format";
import { shownCell } from "@/core/columns";
import type { TableColumn } from "@/core/lab";

interface Props {
  columns: TableColumn[];
  rows: number;
  /** The cell that a problem names; rows count from 1. */
  flagged: { row: number | null; column: string | null } | null;
}

const mostRows = 200;
const mostColumns = 40;

/** The first rows; those around a row that a problem names. */
export default function RowPreview({ columns, rows, flagged }: Props) {
  const around = flagged?.row ?? 1;
  const first = around <= mostRows ? 1 : Math.max(1, around - mostRows / 2);
  const last = Math.min(rows, first + mostRows - 1);
  const shown = columns.slice(0, mostColumns);
  const numbers = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  return (
    <details class="row-preview" open={flagged?.row != null}>
      <summary>
        Rows {count(first)} to {count(last)} of {count(rows)}
        {columns.length > mostColumns && `, the first ${mostColumns} columns`}
      </summary>
      <div class="row-preview-scroll" tabIndex={0} role="region" aria-label="Rows of the table">
        <table>
          <thead>
            <tr>
              <th scope="col">row</th>
              {shown.map((column) => (
                <th key={column.name} scope="col">
                  {column.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {numbers.map((row) => (
              <tr key={row} data-flagged={row === flagged?.row}>
                <th scope="row">{row}</th>
                {shown.map((column) => (
                  <td
                    key={column.name}
                    data-type={column.type}
                    data-flagged={row === flagged?.row && column.name === flagged.column}
                  >
                    {shownCell(column, row - 1) || <span class="row-preview-missing">missing</span>}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
