import { useRef } from "preact/hooks";
import { useWidth } from "@/components/useWidth";
import { quantile, sort } from "@/util/draws";
import { number } from "@/util/format";
import { linear, padded } from "@/util/scale";
import Axis, { axisHeight } from "./Axis";
import "./chart.css";

interface Props {
  steps: number[];
  losses: number[];
  /** Step at which the run ends. */
  total: number;
  height?: number;
}

/** The ELBO against the step. The first steps of a bad start do not squeeze the rest: they leave by the bottom. */
export default function LossCurve({ steps, losses, total, height = 132 }: Props) {
  const root = useRef<HTMLDivElement>(null);
  const width = useWidth(root, 220);
  const last = losses.at(-1) ?? 0;
  const sorted = sort(losses.map((loss) => -loss));
  const low = quantile(sorted, 0.08);
  const high = sorted.at(-1) ?? 0;
  const domain = padded(Number.isFinite(low) ? [low, high] : [0, 1], 0.08);
  const bottom = height + 26;
  const x = linear([0, Math.max(total, steps.at(-1) ?? 1)], [8, width - 8]);
  const y = linear(domain, [bottom, 26]);
  const points = steps.map(
    (step, i) => `${x(step).toFixed(1)},${Math.min(y(-(losses[i] as number)), bottom).toFixed(1)}`,
  );
  return (
    <div class="chart" ref={root}>
      <svg
        width={width}
        height={bottom + axisHeight("step", x.range)}
        role="img"
        aria-label={`The ELBO, now ${number(-last, 5)}, against the step`}
      >
        <text x={8} y={14}>
          ELBO {losses.length > 0 ? number(-last, 5) : ""}
        </text>
        {points.length > 1 && <polyline class="chart-line chart-tone-2" points={points.join(" ")} />}
        <Axis scale={x} y={bottom} label="step" />
      </svg>
    </div>
  );
}
