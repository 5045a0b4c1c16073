import { useMemo, useRef } from "preact/hooks";
import { useWidth } from "@/components/useWidth";
import { histogramOf } from "@/util/draws";
import type { Histogram } from "@/util/draws";
import type { Scale } from "@/util/scale";
import { linear, padded } from "@/util/scale";
import Axis, { axisHeight } from "./Axis";
import EffectMarks from "./EffectMarks";
import type { Mark } from "./EffectMarks";
import { dashes } from "./tones";
import "./chart.css";

export interface Series {
  draws: ArrayLike<number>;
  /** Letter, when there are several. */
  letter?: string;
  /** 1 to 5: colour and dash. */
  tone: number;
  hdi: [number, number] | null;
}

interface Props {
  series: Series[];
  marks: Mark[];
  /** Says in words what is drawn. */
  name: string;
  axis: string;
  height?: number;
}

/** Draws of effects: bars of one, outlines of several, with intervals, zero, and values to compare with. */
export default function EffectHistogram({ series, marks, name, axis, height = 132 }: Props) {
  const root = useRef<HTMLDivElement>(null);
  const width = useWidth(root);
  const shown = useMemo(() => series.map((one) => ({ ...one, histogram: histogramOf(one.draws) })), [series]);
  const { domain, far } = useMemo(
    () =>
      spanOf(
        shown.map((one) => one.histogram),
        marks,
      ),
    [shown, marks],
  );
  const x = linear(domain, [8, width - 8]);
  const rises = risesOf(shown.map(({ histogram }) => x(peakOf(histogram))));
  const top = 8 + 18 * marks.length + (series.length > 1 ? 14 * (1 + Math.max(...rises)) : 0);
  const bottom = top + height;
  const below = 10 + 8 * (series.length - 1);
  return (
    <div class="chart" ref={root}>
      <svg width={width} height={bottom + below + axisHeight(axis, x.range)} role="img" aria-label={name}>
        {shown.map((one, i) => (
          <g key={i} class={`chart-tone-${one.tone}`}>
            {series.length === 1 ? (
              <Bars histogram={one.histogram} x={x} bottom={bottom} height={height} hdi={one.hdi} />
            ) : (
              <Outline {...one} rise={rises[i] ?? 0} x={x} bottom={bottom} height={height} />
            )}
            {one.hdi && (
              <line
                class="chart-hdi"
                stroke="var(--tone)"
                x1={x(one.hdi[0])}
                x2={x(one.hdi[1])}
                y1={bottom + 6 + 8 * i}
                y2={bottom + 6 + 8 * i}
              />
            )}
          </g>
        ))}
        {domain[0] <= 0 && domain[1] >= 0 && (
          <line class="chart-zero" x1={x(0)} x2={x(0)} y1={series.length > 1 ? top : top - 6} y2={bottom + below} />
        )}
        <EffectMarks marks={marks} far={far} x={x} bottom={bottom} />
        <Axis scale={x} y={bottom + below} label={axis} />
      </svg>
    </div>
  );
}

function peakOf({ start, width, counts }: Histogram): number {
  return start + (counts.indexOf(Math.max(...counts)) + 0.5) * width;
}

/** Letters that would touch stand one above the other: on which line each is. */
function risesOf(places: number[]): number[] {
  const lines: number[] = [];
  places.forEach((place, i) => {
    const taken = new Set(lines.filter((_, other) => Math.abs((places[other] ?? 0) - place) < 16));
    lines[i] = places.findIndex((_, line) => !taken.has(line));
  });
  return lines;
}

interface Drawn {
  histogram: Histogram;
  x: Scale;
  bottom: number;
  height: number;
  hdi: [number, number] | null;
}

function Bars({ histogram: { start, width, counts }, x, bottom, height, hdi }: Drawn) {
  const most = Math.max(...counts, 1);
  return (
    <>
      {counts.map((count, i) => {
        const left = start + i * width;
        const middle = left + width / 2;
        const inside = !hdi || (middle >= hdi[0] && middle <= hdi[1]);
        const tall = (height * count) / most;
        const wide = Math.max(x(left + width) - x(left) - 1, 1);
        return (
          count > 0 && (
            <rect
              key={i}
              class={`chart-fill ${inside ? "" : "chart-outside"}`}
              x={x(left)}
              width={wide}
              y={bottom - tall}
              height={tall}
            />
          )
        );
      })}
    </>
  );
}

function Outline({ histogram, letter, rise, tone, x, bottom, height }: Drawn & Series & { rise: number }) {
  const { start, width, counts } = histogram;
  const most = Math.max(...counts, 1);
  const y = (count: number) => bottom - (height * count) / most;
  const steps = counts.map((count, i) => `V${y(count).toFixed(1)}H${x(start + (i + 1) * width).toFixed(1)}`);
  return (
    <>
      <path
        class="chart-line"
        stroke-dasharray={dashes[tone]}
        d={`M${x(start).toFixed(1)},${bottom}${steps.join("")}V${bottom}`}
      />
      {letter && (
        <text
          class="chart-mark-label"
          x={x(peakOf(histogram))}
          y={bottom - height - 4 - 14 * rise}
          text-anchor="middle"
        >
          {letter}
        </text>
      )}
    </>
  );
}

/** From the draws, zero and what is marked; a mark that is far away is named at the edge instead. */
function spanOf(histograms: Histogram[], marks: Mark[]): { domain: [number, number]; far: Set<Mark> } {
  let low = Math.min(...histograms.map(({ start }) => start));
  let high = Math.max(...histograms.map(({ start, width, counts }) => start + width * counts.length));
  if (!(low < high)) [low, high] = [-1, 1];
  const reach = 8 * (high - low);
  const near = (value: number) => value > low - reach && value < high + reach;
  const far = new Set(marks.filter(({ value }) => !near(value)));
  const kept = [...marks.filter((mark) => !far.has(mark)).map(({ value }) => value), ...(near(0) ? [0] : [])];
  return { domain: padded([Math.min(low, ...kept), Math.max(high, ...kept)], 0.03), far };
}
