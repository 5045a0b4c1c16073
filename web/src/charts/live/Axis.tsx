import { given } from "@/util/format";
import type { Scale } from "@/util/scale";
import { ticks } from "@/util/scale";
import { wrapped } from "@/util/wrapped";

const lineHeight = 16;

/** Of the axis with its ticks and its label. */
export function axisHeight(label: string, [left, right]: [number, number]): number {
  return 24 + lineHeight * wrapped(label, right - left).length;
}

/** As many round ticks as their labels leave room for. */
export function ticksWithin({ domain, range: [left, right] }: Scale): number[] {
  let shown = ticks(domain, Math.max(Math.floor((right - left) / 56), 3));
  const room = () => ((right - left) * ((shown[1] ?? 0) - (shown[0] ?? 0))) / (domain[1] - domain[0] || 1);
  const widest = () => 7.5 * Math.max(...shown.map((tick) => given(tick).length)) + 12;
  for (let count = shown.length - 1; count > 0 && shown.length > 2 && room() < widest(); count -= 1) {
    shown = ticks(domain, count);
  }
  return shown;
}

/** A horizontal axis. */
export default function Axis({ scale, y, label }: { scale: Scale; y: number; label: string }) {
  const [left, right] = scale.range;
  return (
    <g class="chart-axis">
      <line x1={left} x2={right} y1={y} y2={y} />
      {ticksWithin(scale).map((tick) => (
        <g key={tick}>
          <line x1={scale(tick)} x2={scale(tick)} y1={y} y2={y + 4} />
          <text
            x={scale(tick)}
            y={y + 17}
            text-anchor={right - scale(tick) < 3.5 * given(tick).length ? "end" : "middle"}
          >
            {given(tick)}
          </text>
        </g>
      ))}
      {wrapped(label, right - left).map((line, i) => (
        <text key={i} x={(left + right) / 2} y={y + 34 + lineHeight * i} text-anchor="middle">
          {line}
        </text>
      ))}
    </g>
  );
}
