// Whether the engine is at work on what it was asked of the fit. One that hangs raises no event at all.
import { effect, signal } from "@preact/signals";
import { run } from "./lab";

/** Without an answer or progress. */
const PATIENCE_MS = 8000;

/** Nothing has been heard for long, though something was asked. */
export const silent = signal(false);

let asked = 0;
let waiting: ReturnType<typeof setTimeout> | undefined;

function heard(): void {
  clearTimeout(waiting);
  silent.value = false;
  if (asked > 0) waiting = setTimeout(() => (silent.value = true), PATIENCE_MS);
}

/** Waits for an answer; `ask` calls back at each sign of progress. */
export async function patiently<T>(ask: (heard: () => void) => Promise<T>): Promise<T> {
  asked += 1;
  // What is asked while another question is open waits for it: that is no sign of life.
  if (asked === 1) heard();
  try {
    return await ask(heard);
  } finally {
    asked -= 1;
    heard();
  }
}

// Questions wait for a run that goes on, too, and it reports.
effect(() => {
  void run.value;
  heard();
});
