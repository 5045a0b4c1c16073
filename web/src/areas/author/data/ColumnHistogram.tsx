import type { ColumnFacts } from "@/core/columns";

const [width, height] = [96, 24];

/** Bars only: the numbers beside it say the same in words. */
export default function ColumnHistogram({ facts }: { facts: ColumnFacts }) {
  const bars =
    facts.kind === "numbers" ? facts.bins : facts.kind === "levels" ? facts.levels.map((level) => level.count) : [];
  const most = Math.max(1, ...bars);
  const step = width / Math.max(1, bars.length);
  const wide = Math.min(24, Math.max(0.5, step - (bars.length > 10 ? 0.5 : 2)));
  return (
    <svg class="column-histogram" viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true">
      {bars.map((value, index) => {
        const tall = value === 0 ? 0 : Math.max(1, (height * value) / most);
        return <rect key={index} x={index * step + (step - wide) / 2} y={height - tall} width={wide} height={tall} />;
      })}
    </svg>
  );
}
