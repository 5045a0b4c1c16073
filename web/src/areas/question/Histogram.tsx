import { histogram, quantile } from "@/util/draws";
import "./histogram.css";

interface Props {
  /** In order. */
  values: Float64Array;
  label: string;
  /** Where a line is drawn. */
  mark?: number | null;
  /** Ends of the axis; those of the data if left out. */
  ends?: { min: number; max: number };
  height?: number;
}

const bins = 32;

/** How the observed values are spread. Stretches to the width that it gets. */
export default function Histogram({ values, label, mark = null, ends, height = 60 }: Props) {
  const [low, high] = ends ? [ends.min, ends.max] : [quantile(values, 0.005), quantile(values, 0.995)];
  const { start, width, counts } = histogram(values, [low, high], bins);
  const most = Math.max(1, ...counts);
  const at = (value: number) => ((value - low) / (high - low || 1)) * 100;
  return (
    <svg
      class="histogram"
      viewBox={`0 0 100 ${height}`}
      height={height}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {counts.map((count, i) => {
        const tall = (count / most) * (height - 2);
        const left = at(start + i * width);
        return <rect key={i} x={left} width={92 / bins} y={height - tall} height={tall} />;
      })}
      <line class="histogram-floor" x1={0} x2={100} y1={height} y2={height} />
      {mark !== null && Number.isFinite(mark) && (
        <line class="histogram-mark" x1={at(mark)} x2={at(mark)} y1={0} y2={height} />
      )}
    </svg>
  );
}
