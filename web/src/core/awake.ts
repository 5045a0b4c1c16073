// When the page may load what its first view does not need.
import { signal } from "@preact/signals";

const quietMilliseconds = 1500;

/** The first view is drawn and the page has nothing else to do, or somebody asks for more. */
export const awake = signal(false);

export function wakeWhenQuiet(): () => void {
  const wake = () => {
    awake.value = true;
  };
  const idle = () => ("requestIdleCallback" in window ? requestIdleCallback(wake, { timeout: 5000 }) : wake());
  const timer = setTimeout(idle, quietMilliseconds);
  return () => clearTimeout(timer);
}
