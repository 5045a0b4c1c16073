import "./table-twin.css";

export interface Table {
  columns: string[];
  rows: (string | number)[][];
}

interface Props {
  table: Table;
  /** Numbers in cells. */
  write: (value: number) => string;
}

const MOST = 200;

/** What a figure shows as a table: for screen readers, and to copy. */
export default function TableTwin({ table: { columns, rows }, write }: Props) {
  const text = (cell: string | number) => (typeof cell === "string" ? cell : write(cell));
  return (
    <details class="table-twin">
      <summary>As a table</summary>
      <div tabIndex={0} role="region" aria-label="The figure as a table">
        <table class="data-table numbers">
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, MOST).map((row, i) => (
              <tr key={i}>
                {row.map((cell, j) =>
                  j === 0 ? (
                    <th key={j} scope="row">
                      {text(cell)}
                    </th>
                  ) : (
                    <td key={j}>{text(cell)}</td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
        {rows.length > MOST && (
          <p class="small muted">
            The first {MOST} of {rows.length} rows.
          </p>
        )}
      </div>
    </details>
  );
}
