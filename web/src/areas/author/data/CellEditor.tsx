import { useEffect, useRef } from "preact/hooks";
import RowGap from "@/components/RowGap";
import { useRowsInView } from "@/components/useRowsInView";
import type { Cells } from "@/core/cells";
import {
  parseCells,
  withBlock,
  withCell,
  withColumn,
  withName,
  withRow,
  withoutColumn,
  withoutRow,
} from "@/core/cells";

interface Props {
  cells: Cells;
  onChange: (cells: Cells) => void;
  onDone: () => void;
  flagged: { row: number | null; column: string | null } | null;
}

/** A grid to type in. Enter and the arrows move down and up; pasted cells spread from where the cursor is. */
export default function CellEditor({ cells, onChange, onDone, flagged }: Props) {
  const { first, last, before, after, scroller, onScroll, onKeyDown, show } = useRowsInView(cells.rows.length);
  /** The cell that the cursor goes to when it is drawn. */
  const next = useRef<[row: number, column: number] | null>(null);
  useEffect(() => {
    if (!next.current) return;
    const [row, column] = next.current;
    if (row >= last) return show(row);
    scroller.current?.querySelector<HTMLInputElement>(`[data-cell="${row}:${column}"]`)?.focus();
    next.current = null;
  });
  const goTo = (row: number, column: number) => {
    next.current = [row, column];
    show(row);
  };
  const move = (event: KeyboardEvent, row: number, column: number) => {
    const by = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    if (event.key === "Enter" && row === cells.rows.length - 1) {
      onChange(withRow(withCell(cells, row, column, (event.target as HTMLInputElement).value)));
      next.current = [row + 1, column];
    } else if (cells.rows[row + by]) goTo(row + by, column);
  };
  const paste = (event: ClipboardEvent, row: number, column: number) => {
    const block = parseCells(event.clipboardData?.getData("text/plain") ?? "");
    if (block.length <= 1 && (block[0]?.length ?? 0) <= 1) return;
    event.preventDefault();
    onChange(withBlock(cells, row, column, block));
  };
  const drawn = cells.rows.slice(first, last).map((texts, index) => [first + index, texts] as const);
  return (
    <div class="cell-editor">
      <div
        ref={scroller}
        class="cell-editor-scroll"
        tabIndex={-1}
        role="group"
        aria-label="Cells of the table"
        onScroll={onScroll}
        onKeyDown={onKeyDown}
      >
        <table aria-rowcount={cells.rows.length + 1}>
          <caption class="visually-hidden">Cells of the table</caption>
          <thead>
            <tr aria-rowindex={1}>
              <th scope="col">
                <span class="visually-hidden">Row</span>
              </th>
              {cells.header.map((name, column) => (
                <th key={column} scope="col">
                  <input
                    class="cell-editor-name"
                    aria-label={`Name of column ${column + 1}`}
                    value={name}
                    onChange={(event) => onChange(withName(cells, column, event.currentTarget.value))}
                  />
                </th>
              ))}
              <th scope="col">
                <span class="visually-hidden">Take away</span>
              </th>
            </tr>
          </thead>
          <tbody>
            <RowGap height={before} columns={cells.header.length + 2} />
            {drawn.map(([row, texts]) => (
              <tr key={row} aria-rowindex={row + 2}>
                <th scope="row" class="numbers">
                  {row + 1}
                </th>
                {texts.map((text, column) => (
                  <td key={column} data-flagged={flagged?.row === row + 1 && flagged.column === cells.header[column]}>
                    <input
                      data-cell={`${row}:${column}`}
                      aria-label={`${cells.header[column] ?? ""}, row ${row + 1}`}
                      value={text}
                      onKeyDown={(event) => move(event, row, column)}
                      onPaste={(event) => paste(event, row, column)}
                      onChange={(event) => onChange(withCell(cells, row, column, event.currentTarget.value))}
                    />
                  </td>
                ))}
                <td class="cell-editor-tool">
                  <button
                    type="button"
                    aria-label={`Take away row ${row + 1}`}
                    title="Take away this row"
                    disabled={cells.rows.length === 1}
                    onClick={() => onChange(withoutRow(cells, row))}
                  >
                    ×
                  </button>
                </td>
              </tr>
            ))}
            <RowGap height={after} columns={cells.header.length + 2} />
            {cells.header.length > 1 && (
              <tr>
                <th scope="row">
                  <span class="visually-hidden">Take away</span>
                </th>
                {cells.header.map((name, column) => (
                  <td key={column} class="cell-editor-tool">
                    <button
                      type="button"
                      aria-label={`Take away column ${name}`}
                      title="Take away this column"
                      onClick={() => onChange(withoutColumn(cells, column))}
                    >
                      ×
                    </button>
                  </td>
                ))}
                <td />
              </tr>
            )}
          </tbody>
        </table>
      </div>
      <div class="row">
        <button type="button" class="button" onClick={() => onChange(withRow(cells))}>
          Add a row
        </button>
        <button type="button" class="button" onClick={() => onChange(withColumn(cells))}>
          Add a column
        </button>
        <button type="button" class="button primary" onClick={onDone}>
          Done
        </button>
      </div>
    </div>
  );
}
