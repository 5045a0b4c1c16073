import { useMemo, useState } from "preact/hooks";
import RowIntervals from "@/charts/live/RowIntervals";
import type { EffectView } from "@/core/lab";
import type { EffectScale } from "@/core/sentences";
import { count, counted, percent, signed, withSpread } from "@/util/format";

interface Props {
  rows: NonNullable<EffectView["rows"]>;
  scale: EffectScale;
  tone: number;
}

const PAGE = 200;

/** The effect on each row of the table, smallest first, and the same as a table. */
export default function EffectRows({ rows, scale: { factor, unit }, tone }: Props) {
  const [page, setPage] = useState(0);
  const order = useMemo(() => {
    const all = Array.from(rows.mean, (_, i) => i);
    return all.sort((a, b) => (rows.mean[a] ?? 0) - (rows.mean[b] ?? 0));
  }, [rows]);
  const scaled = useMemo(() => {
    const take = (values: ArrayLike<number>) => order.map((row) => (values[row] ?? NaN) * factor);
    return { mean: take(rows.mean), low: take(rows.low), high: take(rows.high) };
  }, [rows, order, factor]);
  const raised = scaled.mean.filter((mean) => mean > 0).length / (order.length || 1);
  const pages = Math.ceil(order.length / PAGE);
  return (
    <details class="effect-rows">
      <summary>Row by row</summary>
      <p class="small">
        {counted(order.length, "row")}, sorted by effect. In {percent(raised)} of them the effect is positive.
      </p>
      <RowIntervals {...scaled} tone={tone} axis={`row, sorted${unit ? `; effect in ${unit}` : ""}`} />
      <div class="effect-rows-table" tabIndex={0} role="region" aria-label="Effect of each row">
        <table class="data-table numbers">
          <thead>
            <tr>
              <th scope="col">row</th>
              <th scope="col">effect</th>
              <th scope="col">from</th>
              <th scope="col">to</th>
            </tr>
          </thead>
          <tbody>
            {order.slice(page * PAGE, (page + 1) * PAGE).map((row, i) => {
              const at = page * PAGE + i;
              const spread = ((scaled.high[at] ?? 0) - (scaled.low[at] ?? 0)) / 4;
              return (
                <tr key={row}>
                  <th scope="row">{count(row + 1)}</th>
                  <td>{signed(scaled.mean[at], spread)}</td>
                  <td>{withSpread(scaled.low[at], spread)}</td>
                  <td>{withSpread(scaled.high[at], spread)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {pages > 1 && (
        <div class="row">
          <button type="button" class="button" disabled={page === 0} onClick={() => setPage(page - 1)}>
            Before
          </button>
          <span class="small numbers">
            {page + 1} of {pages}
          </span>
          <button type="button" class="button" disabled={page === pages - 1} onClick={() => setPage(page + 1)}>
            Next
          </button>
        </div>
      )}
    </details>
  );
}
