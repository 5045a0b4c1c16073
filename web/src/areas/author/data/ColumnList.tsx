import { count, given } from "@/util/format";
import type { ColumnFacts } from "@/core/columns";
import { factsOf } from "@/core/columns";
import type { TableColumn } from "@/core/lab";
import ColumnHistogram from "./ColumnHistogram";

interface Props {
  columns: TableColumn[];
  rows: number;
  /** Column that a problem names. */
  flagged: string | null;
}

const mostShown = 100;

const typeNames = { real: "real", integer: "whole number", boolean: "yes or no", category: "category" };

/** Type, gaps and spread of each column. */
export default function ColumnList({ columns, rows, flagged }: Props) {
  return (
    <div class="column-list">
      <table>
        <caption class="visually-hidden">Columns of the table</caption>
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Type</th>
            <th scope="col">Values</th>
          </tr>
        </thead>
        <tbody>
          {columns.slice(0, mostShown).map((column) => {
            const facts = factsOf(column);
            return (
              <tr key={column.name} data-flagged={column.name === flagged}>
                <th scope="row">{column.name}</th>
                <td>
                  {typeNames[column.type]}
                  {column.missing > 0 && (
                    <span class="column-list-missing numbers">{`${count(column.missing)} of ${count(rows)} missing`}</span>
                  )}
                </td>
                <td>
                  <ColumnHistogram facts={facts} />
                  <span class="column-list-spread numbers">{spread(facts)}</span>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {columns.every(({ missing }) => missing === 0) && <p class="muted small">No cell is missing.</p>}
      {columns.length > mostShown && (
        <p class="muted small">{`and ${count(columns.length - mostShown)} more columns`}</p>
      )}
    </div>
  );
}

/** "0 · 1.2 · 4": minimum, median, maximum; or the levels. */
function spread(facts: ColumnFacts): string {
  if (facts.kind === "nothing") return "no values";
  if (facts.kind === "levels") {
    const shown = facts.levels.slice(0, 3).map(({ name, count: rows }) => `${name} (${count(rows)})`);
    const more = facts.levels.length - shown.length + facts.more;
    return more > 0 ? `${shown.join(", ")} and ${more} more` : shown.join(", ");
  }
  if (facts.low === facts.high) return `always ${given(facts.low, 3)}`;
  return `${given(facts.low, 3)} to ${given(facts.high, 3)}, median ${given(facts.middle, 3)}`;
}
