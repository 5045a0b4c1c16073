import type { Arrow } from "@/core/drawing";

interface Props {
  arrow: Arrow;
  /** An intervention on its end makes it irrelevant. */
  isCut: boolean;
  /** An intervention passes along it. */
  isLit: boolean;
}

/** An arrow; a cut one is faded, dashed, and crossed by two strokes. */
export default function GraphArrow({ arrow, isCut, isLit }: Props) {
  const { x, y, angle } = arrow.middle;
  const { x: tipX, y: tipY, angle: tipAngle } = arrow.tip;
  const state = isCut ? " is-cut" : isLit ? " is-lit" : "";
  return (
    <g class={`graph-arrow${state}`} aria-hidden="true">
      <path class="graph-arrow-line" d={arrow.path} fill="none" />
      <path
        class="graph-arrow-tip"
        d="M0,0 L-9,-4.5 L-9,4.5 Z"
        transform={`translate(${tipX} ${tipY}) rotate(${tipAngle})`}
      />
      {isCut && (
        <g class="graph-arrow-cut" transform={`translate(${x} ${y}) rotate(${angle + 20})`}>
          <rect x={-4} y={-8} width={8} height={16} />
          <path d="M-3,-8 V8 M3,-8 V8" />
        </g>
      )}
    </g>
  );
}
