import { count, counted, number } from "@/util/format";
import "./chain-bars.css";

interface Props {
  chains: { done: number; total: number; divergences: number; stepSize: number }[];
}

/** How far each chain is, with what is to be known of it while it goes on. */
export default function ChainBars({ chains }: Props) {
  return (
    <ul class="chain-bars">
      {chains.map(({ done, total, divergences, stepSize }, i) => (
        <li key={i}>
          <span class="chain-bars-words numbers">
            <span>Chain {i + 1}</span>
            <span class="muted">
              {count(done)}/{count(total)}
              {stepSize > 0 && `, step ${number(stepSize, 2)}`}
              {divergences > 0 && `, ${counted(divergences, "divergence")}`}
            </span>
          </span>
          <progress value={done} max={total || 1} aria-label={`Chain ${i + 1}`} />
        </li>
      ))}
    </ul>
  );
}
