import { engineState } from "@/core/engine";

/** Which engine computes, and with how many threads. */
export default function EngineChip() {
  const state = engineState.value;
  const text = {
    idle: "engine: loads at the first run",
    loading: "engine: loading",
    ready: state.kind === "ready" ? describe(state.info) : "",
    failed: "engine: could not be loaded",
  }[state.kind];
  return (
    <span class={`engine-chip engine-chip-${state.kind}`} role="status">
      {text}
    </span>
  );
}

function describe({ build, threads }: { build: "threads" | "single"; threads: number }): string {
  return build === "single" ? "engine ready, 1 thread" : `engine ready, ${threads} threads`;
}
