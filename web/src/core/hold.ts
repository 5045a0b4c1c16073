// One tab at a time writes a project: it holds a lock of the browser for as long as it has the project open.
import { signal } from "@preact/signals";

/** `left`: another tab had the project and has let go of it, so what is kept may not be what this tab shows. */
export type Holding = "held" | "elsewhere" | "left";
/** Counts as held until the browser says otherwise, and for good where it has no locks. */
export const holding = signal<Holding>("held");

/** A page that is loaded anew asks before its predecessor has let go. */
const GRACE_MS = 500;
const lockOf = (id: string) => `dolab-project-${id}`;

let held = "";
let letGo = () => {};
let known: Promise<void> = Promise.resolve();

/** Takes a project, and lets go of the one before. Where another tab has it, this one is next. */
export function hold(id: string): void {
  if (id === held) {
    if (holding.peek() === "left") holding.value = "held";
    return;
  }
  letGo();
  held = id;
  holding.value = "held";
  if (typeof navigator === "undefined" || !("locks" in navigator) || id === "") return;
  known = new Promise((resolve) => take(id, resolve));
}

function take(id: string, resolve: () => void): void {
  const waiting = new AbortController();
  let mine = false;
  const timer = setTimeout(() => {
    void isHeld(id).then((taken) => {
      if (!taken || mine || waiting.signal.aborted) return;
      holding.value = "elsewhere";
      resolve();
    });
  }, GRACE_MS);
  const end = () => {
    clearTimeout(timer);
    waiting.abort();
    resolve();
  };
  letGo = end;
  const granted = () => {
    if (waiting.signal.aborted) return undefined;
    mine = true;
    clearTimeout(timer);
    if (holding.peek() === "elsewhere") holding.value = "left";
    resolve();
    return new Promise<void>((release) => (letGo = release));
  };
  // Refused (a page without an origin) or given up: then there is nothing to wait for.
  navigator.locks.request(lockOf(id), { signal: waiting.signal }, granted).catch(end);
}

/** Whether some tab has it open. */
export async function isHeld(id: string): Promise<boolean> {
  if (!("locks" in navigator)) return false;
  const { held: all } = await navigator.locks.query();
  return all?.some(({ name }) => name === lockOf(id)) ?? false;
}

/** Once it is known whether this tab has the project. */
export async function mayWrite(): Promise<boolean> {
  const asked = held;
  await known;
  return asked === held && holding.peek() === "held";
}
