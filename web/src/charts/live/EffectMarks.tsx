import type { Scale } from "@/util/scale";

/** A value to compare with: a labelled line. */
export interface Mark {
  value: number;
  label: string;
  /** Name of the token that colours it. */
  colour: string;
  dash?: string;
}

interface Props {
  marks: Mark[];
  /** Those outside the drawing. */
  far: Set<Mark>;
  x: Scale;
  bottom: number;
}

export default function EffectMarks({ marks, far, x, bottom }: Props) {
  const [left, right] = x.range;
  return (
    <>
      {marks.map((mark, i) => {
        const outside = far.has(mark);
        const at = outside ? (mark.value < x.domain[0] ? left : right) : x(mark.value);
        const rightward = at < (left + right) / 2;
        const y = 14 + 18 * i;
        return (
          <g key={mark.label}>
            {!outside && (
              <line
                class="chart-mark"
                stroke={`var(--${mark.colour})`}
                stroke-dasharray={mark.dash}
                x1={at}
                x2={at}
                y1={y - 10}
                y2={bottom}
              />
            )}
            <text
              class="chart-mark-label"
              x={at + (rightward ? 6 : -6)}
              y={y}
              text-anchor={rightward ? "start" : "end"}
            >
              {outside && rightward ? "◂ " : ""}
              {mark.label}
              {outside && !rightward ? " ▸" : ""}
            </text>
          </g>
        );
      })}
    </>
  );
}
