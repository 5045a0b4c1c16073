import { useMemo, useState } from "preact/hooks";
import RowIntervals from "@/charts/live/RowIntervals";
import Banner from "@/components/Banner";
import SavePicture from "@/components/SavePicture";
import { rowEffects } from "@/core/actions/rows";
import type { RowEffects } from "@/core/actions/rows";
import { result } from "@/core/lab";
import type { EffectScale } from "@/core/sentences";
import { quantile, sort } from "@/util/draws";
import { extent } from "@/util/scale";
import { useAsync } from "./useAsync";
import { count, counted, percent, signed, withSpread } from "@/util/format";

interface Props {
  /** What the effect answers. */
  question: string;
  scale: EffectScale;
  tone: number;
}

const PAGE = 200;

/** The effect on each row of the table: asked for when it is opened. */
export default function EffectRows(props: Props) {
  const [open, setOpen] = useState(false);
  return (
    <details class="effect-rows" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Row by row</summary>
      {open && <Asked {...props} />}
    </details>
  );
}

function Asked({ question, scale, tone }: Props) {
  const fit = result.value?.fit;
  const state = useAsync(() => rowEffects(question), [question, fit]);
  if (state.kind === "waiting") return <div class="skeleton effect-rows-waiting" role="status" aria-label="Asking" />;
  if (state.kind === "failed") {
    return (
      <Banner kind="bad" title={state.problem.message}>
        {state.problem.hint}
      </Banner>
    );
  }
  return <Rows rows={state.value} scale={scale} tone={tone} />;
}

/** Smallest first, drawn and as a table. */
function Rows({ rows, scale: { factor, unit }, tone }: { rows: RowEffects } & Omit<Props, "question">) {
  const [page, setPage] = useState(0);
  const order = useMemo(() => {
    const all = Array.from(rows.mean, (_, i) => i);
    return all.sort((a, b) => (rows.mean[a] ?? 0) - (rows.mean[b] ?? 0));
  }, [rows]);
  const scaled = useMemo(() => {
    const take = (values: ArrayLike<number>) => order.map((row) => (values[row] ?? NaN) * factor);
    return { mean: take(rows.mean), low: take(rows.low), high: take(rows.high) };
  }, [rows, order, factor]);
  // What is a thousand times finer than the largest effect is none.
  const finest = Math.max(...extent(scaled.mean).map(Math.abs)) / 1000;
  const raised = scaled.mean.filter((mean) => mean > finest).length / (order.length || 1);
  const pages = Math.ceil(order.length / PAGE);
  // One number of decimals, so that the columns compare: by what most rows are known to.
  const spread = useMemo(() => {
    const widths = sort(scaled.high.map((high, i) => (high - (scaled.low[i] ?? 0)) / 4));
    return Math.max(quantile(widths, 0.9), finest);
  }, [scaled, finest]);
  return (
    <div class="stack">
      <p class="small">
        {counted(order.length, "row")}, sorted by the mean effect on each; the intervals hold{" "}
        {percent(result.value?.summary?.hdi_prob ?? 0.94)} of the draws. The mean effect is positive in{" "}
        {percent(raised)} of the rows.
      </p>
      <SavePicture name="effect-by-row">
        <RowIntervals {...scaled} tone={tone} axis={`rows, sorted${unit ? `; effect in ${unit}` : ""}`} />
      </SavePicture>
      <div class="effect-rows-table" tabIndex={0} role="region" aria-label="Effect of each row">
        <table class="data-table numbers">
          <thead>
            <tr>
              <th scope="col">row</th>
              <th scope="col">mean effect</th>
              <th scope="col">HDI from</th>
              <th scope="col">to</th>
            </tr>
          </thead>
          <tbody>
            {order.slice(page * PAGE, (page + 1) * PAGE).map((row, i) => {
              const at = page * PAGE + i;
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
            Previous
          </button>
          <span class="small numbers">
            {page + 1} of {pages}
          </span>
          <button type="button" class="button" disabled={page === pages - 1} onClick={() => setPage(page + 1)}>
            Next
          </button>
        </div>
      )}
    </div>
  );
}
