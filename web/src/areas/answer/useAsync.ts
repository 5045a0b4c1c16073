import { useEffect, useState } from "preact/hooks";
import type { Problem } from "@/core/engine";
import { toProblem } from "@/core/engine";

export type Async<T> = { kind: "waiting" } | { kind: "ready"; value: T } | { kind: "failed"; problem: Problem };

/** What `ask` resolves with; asked again when one of the inputs changes. */
export function useAsync<T>(ask: () => Promise<T>, inputs: unknown[]): Async<T> {
  const [state, setState] = useState<Async<T>>({ kind: "waiting" });
  useEffect(() => {
    let current = true;
    setState({ kind: "waiting" });
    ask().then(
      (value) => current && setState({ kind: "ready", value }),
      (error: unknown) => current && setState({ kind: "failed", problem: toProblem(error) }),
    );
    return () => {
      current = false;
    };
  }, inputs);
  return state;
}
