import { useRef } from "preact/hooks";
import { useWidth } from "@/components/useWidth";
import { given } from "@/util/format";
import { extent, linear, padded, ticks } from "@/util/scale";
import Axis, { axisHeight } from "./Axis";
import "./chart.css";

interface Props {
  mean: number[];
  low: number[];
  high: number[];
  tone: number;
  axis: string;
  height?: number;
}

/** Sorted effects with their intervals; of many rows, as many as there are pixels. */
export default function RowIntervals({ mean, low, high, tone, axis, height = 180 }: Props) {
  const root = useRef<HTMLDivElement>(null);
  const width = useWidth(root);
  const [left, right] = [56, width - 8];
  const shown = Math.min(mean.length, Math.max(Math.floor(right - left), 1));
  const rows = Array.from({ length: shown }, (_, i) => Math.floor((i * mean.length) / shown));
  const y = linear(padded(extent([...rows.flatMap((row) => [low[row] ?? 0, mean[row] ?? 0, high[row] ?? 0]), 0])), [
    height,
    8,
  ]);
  const x = linear([0, Math.max(mean.length - 1, 1)], [left + 4, right - 4]);
  const wide = mean.length > 60 ? 1 : 3;
  return (
    <div class="chart" ref={root}>
      <svg
        width={width}
        height={height + axisHeight(axis, x.range)}
        role="img"
        aria-label="Effects of the rows, sorted, with their intervals"
      >
        {ticks(y.domain, 4).map((tick) => (
          <g key={tick} class="chart-axis">
            <text x={left - 6} y={y(tick) + 4} text-anchor="end">
              {given(tick)}
            </text>
            <line x1={left} x2={right} y1={y(tick)} y2={y(tick)} opacity={0.3} />
          </g>
        ))}
        <line class="chart-zero" x1={left} x2={right} y1={y(0)} y2={y(0)} />
        <g class={`chart-tone-${tone}`}>
          <path
            stroke="var(--tone)"
            stroke-width={wide}
            opacity={0.4}
            d={rows
              .map((row) => `M${x(row).toFixed(1)},${y(low[row] ?? 0).toFixed(1)}V${y(high[row] ?? 0).toFixed(1)}`)
              .join("")}
          />
          <polyline
            class="chart-line"
            points={rows.map((row) => `${x(row).toFixed(1)},${y(mean[row] ?? 0).toFixed(1)}`).join(" ")}
          />
        </g>
        <Axis scale={x} y={height} label={axis} />
      </svg>
    </div>
  );
}
