import { difference, scaledDraws } from "@/core/effectWords";
import type { Lettered } from "@/core/effectWords";
import type { EffectScale } from "@/core/sentences";
import { hdi, sort } from "@/util/draws";
import { signed, withSpread } from "@/util/format";

interface Props {
  shown: Lettered[];
  scale: EffectScale;
  probability: number;
}

/** Each scenario against each other: row minus column, with its interval. */
export default function ContrastTable({ shown, scale, probability }: Props) {
  const draws = shown.map(({ view }) => scaledDraws(view, scale));
  const columns = [new Float64Array(), ...draws.slice(0, -1)];
  return (
    <div class="contrast-table" tabIndex={0} role="region" aria-label="Contrasts of the scenarios">
      <table class="data-table numbers">
        <caption>
          Row minus column{scale.unit ? `, ${scale.unit}` : ""}; below, where {Math.round(100 * probability)}&nbsp;% of
          the draws are
        </caption>
        <thead>
          <tr>
            <th scope="col">scenario</th>
            {columns.map((_, i) => (
              <th key={i} scope="col">
                {i === 0 ? "baseline" : shown[i - 1]?.letter}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {draws.map((row, i) => (
            <tr key={i}>
              <th scope="row">{shown[i]?.letter}</th>
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
