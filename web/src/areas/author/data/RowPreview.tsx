import { useLayoutEffect, useMemo } from "preact/hooks";
import RowGap from "@/components/RowGap";
import { useRowsInView } from "@/components/useRowsInView";
import { cellWidth, shownCell } from "@/core/columns";
import type { TableColumn } from "@/core/lab";
import { count } from "@/util/format";

interface Props {
  columns: TableColumn[];
  rows: number;
  /** The cell that a problem names; rows count from 1. */
  flagged: { row: number | null; column: string | null } | null;
}

const mostColumns = 40;

/** All rows, of which those in view are drawn; a row that a problem names comes into view. */
export default function RowPreview({ columns, rows, flagged }: Props) {
  const { first, last, before, after, seen, scroller, onScroll, onKeyDown, show } = useRowsInView(rows);
  const shown = columns.slice(0, mostColumns);
  const widths = useMemo(() => columns.slice(0, mostColumns).map(cellWidth), [columns]);
  const named = flagged?.row ?? null;
  useLayoutEffect(() => {
    if (named !== null) show(named - 1);
  }, [named]);
  return (
    <details class="row-preview" open={named !== null}>
      <summary>
        Rows <span class="numbers">{`${count(seen[0] + 1)} to ${count(Math.min(seen[1] + 1, rows))}`}</span> of{" "}
        {count(rows)}
        {columns.length > mostColumns && `, the first ${mostColumns} columns`}
      </summary>
      <div
        ref={scroller}
        class="row-preview-scroll"
        tabIndex={0}
        role="region"
        aria-label="Rows of the table"
        onScroll={onScroll}
        onKeyDown={onKeyDown}
      >
        <table aria-rowcount={rows + 1}>
          <thead>
            <tr aria-rowindex={1}>
              <th scope="col">row</th>
              {shown.map((column, at) => (
                <th key={column.name} scope="col" style={{ minWidth: `calc(${widths[at] ?? 0}ch + 2 * var(--gap-3))` }}>
                  {column.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <RowGap height={before} columns={shown.length + 1} />
            {Array.from({ length: last - first }, (_, index) => first + index).map((row) => (
              <tr key={row} aria-rowindex={row + 2} data-flagged={row + 1 === named}>
                <th scope="row">{row + 1}</th>
                {shown.map((column) => (
                  <td
                    key={column.name}
                    data-type={column.type}
                    data-flagged={row + 1 === named && column.name === flagged?.column}
                  >
                    {shownCell(column, row) || <span class="row-preview-missing">missing</span>}
                  </td>
                ))}
              </tr>
            ))}
            <RowGap height={after} columns={shown.length + 1} />
          </tbody>
        </table>
      </div>
    </details>
  );
}
