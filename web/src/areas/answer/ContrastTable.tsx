import { difference, letters, scaledDraws } from "@/core/effectWords";
import type { EffectView } from "@/core/lab";
import type { EffectScale } from "@/core/sentences";
import { hdi, sort } from "@/util/draws";
import { signed, withSpread } from "@/util/format";

interface Props {
  views: EffectView[];
  scale: EffectScale;
  probability: number;
}

/** Each scenario against each other: row minus column, with its interval. */
export default function ContrastTable({ views, scale, probability }: Props) {
  const draws = views.map((view) => scaledDraws(view, scale));
  const columns = [new Float64Array(), ...draws.slice(0, -1)];
  return (
    <div class="contrast-table" tabIndex={0} role="region" aria-label="Contrasts of the scenarios">
      <table class="data-table numbers">
        <caption>
          Row minus column{scale.unit ? `, ${scale.unit}` : ""}; below, where {Math.round(100 * probability)} % of the
          draws are
        </caption>
        <thead>
          <tr>
            <th scope="col">scenario</th>
            {columns.map((_, i) => (
              <th key={i} scope="col">
                {i === 0 ? "baseline" : letters[i - 1]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {draws.map((row, i) => (
            <tr key={i}>
              <th scope="row">{letters[i]}</th>
              {columns.map((column, j) => (
                <td key={j}>{j <= i && <Cell row={row} column={column} probability={probability} />}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ row, column, probability }: { row: Float64Array; column: Float64Array; probability: number }) {
  const contrast = difference(row, column);
  if (!contrast) return <>–</>;
  const [low, high] = hdi(sort(contrast.draws), probability);
  return (
    <>
      <span>{signed(contrast.mean, contrast.sd)}</span>
      <br />
      <span class="muted small">
        {withSpread(low, contrast.sd)} to {withSpread(high, contrast.sd)}
      </span>
    </>
  );
}
