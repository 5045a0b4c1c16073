import { useRef } from "preact/hooks";
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
  const table = useRef<HTMLTableElement>(null);
  const field = (row: number, column: number) =>
    table.current?.querySelector<HTMLInputElement>(`[data-cell="${row}:${column}"]`);
  const move = (event: KeyboardEvent, row: number, column: number) => {
    const by = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    if (event.key === "Enter" && row === cells.rows.length - 1) {
      onChange(withRow(withCell(cells, row, column, (event.target as HTMLInputElement).value)));
      requestAnimationFrame(() => field(row + 1, column)?.focus());
    } else field(row + by, column)?.focus();
  };
  const paste = (event: ClipboardEvent, row: number, column: number) => {
    const block = parseCells(event.clipboardData?.getData("text/plain") ?? "");
    if (block.length <= 1 && (block[0]?.length ?? 0) <= 1) return;
    event.preventDefault();
    onChange(withBlock(cells, row, column, block));
  };
  return (
    <div class="cell-editor">
      <div class="cell-editor-scroll">
        <table ref={table}>
          <caption class="visually-hidden">Cells of the table</caption>
          <thead>
            <tr>
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
            {cells.rows.map((texts, row) => (
              <tr key={row}>
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
