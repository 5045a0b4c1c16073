import { useId } from "preact/hooks";
import { difference, scaledDraws } from "@/core/effectWords";
import type { Lettered } from "@/core/effectWords";
import type { EffectScale } from "@/core/sentences";
import { project } from "@/core/lab";
import { hdi, sort } from "@/util/draws";
import { percent, signed, withSpread } from "@/util/format";

interface Props {
  shown: Lettered[];
  scale: EffectScale;
  probability: number;
}

/** Each scenario against each other: row minus column, with its interval. */
export default function ContrastTable({ shown, scale, probability }: Props) {
  const id = useId();
  const draws = shown.map(({ view }) => scaledDraws(view, scale));
  const columns = [new Float64Array(), ...draws.slice(0, -1)];
  return (
    <>
      <p class="small">{furthestApart(shown, draws, scale, probability)}</p>
      <p class="muted small" id={id}>
        Effect on {scale.what}, row minus column{scale.unit ? `, in ${scale.unit}` : ""}: mean, and below it the{" "}
        {Math.round(100 * probability)}&nbsp;% HDI
      </p>
      <div class="contrast-table" tabIndex={0} role="region" aria-labelledby={id}>
        <table class="data-table numbers">
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
                <th scope="row">
                  {shown[i]?.letter} <span class="contrast-table-name muted">{nameOf(shown[i])}</span>
                </th>
                {columns.map((column, j) => (
                  <td key={j}>{j <= i && <Cell row={row} column={column} probability={probability} />}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** As it is called now: an answer keeps its name of the day, and may answer several. */
function nameOf(lettered: Lettered | undefined): string {
  return project.value.experiment.effects?.[lettered?.index ?? -1]?.intervention ?? "";
}

/** The two scenarios whose means differ most, as a sentence. */
function furthestApart(shown: Lettered[], draws: Float64Array[], scale: EffectScale, probability: number): string {
  const pairs = draws.flatMap((row, i) =>
    draws.slice(0, i).flatMap((column, j) => {
      const contrast = difference(row, column);
      return contrast ? [{ ...contrast, row: shown[i]?.letter, column: shown[j]?.letter }] : [];
    }),
  );
  const [most] = pairs.sort((a, b) => Math.abs(b.mean) - Math.abs(a.mean));
  if (!most) return "";
  const [low, high] = hdi(sort(most.draws), probability);
  const unit = scale.unit ? ` ${scale.unit}` : "";
  return `${pairs.length > 1 ? "Furthest apart: " : ""}${most.row} instead of ${most.column} changes ${scale.what} by ${signed(most.mean, most.sd)}${unit} (${percent(probability)} HDI ${withSpread(low, most.sd)} to ${withSpread(high, most.sd)}).`;
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
