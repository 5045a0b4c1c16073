// The service worker: offline use, isolation on servers without its headers, and news of a newer version.
import { signal } from "@preact/signals";

/** True when a newer version of the lab waits for a reload. */
export const newer = signal(false);

const RELOADED = "dolab.isolation";

export async function startOffline(): Promise<void> {
  if (!("serviceWorker" in navigator) || !import.meta.env.PROD) return;
  const had = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.addEventListener("controllerchange", () => (newer.value = had));
  const registration = await navigator.serviceWorker.register("./sw.js").catch(() => null);
  if (!registration) return;
  await navigator.serviceWorker.ready;
  isolate();
}

/** One reload, and only before anything was done, gives the page the headers that the worker adds. */
function isolate(): void {
  if (crossOriginIsolated || sessionStorage.getItem(RELOADED) !== null) return;
  sessionStorage.setItem(RELOADED, "tried");
  if (performance.now() < 4000 && !touched) location.reload();
}

let touched = false;
for (const kind of ["pointerdown", "keydown"]) {
  addEventListener(kind, () => (touched = true), { once: true, capture: true });
}

/** Takes away everything that the worker keeps; the next visit loads anew. */
export async function resetCache(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration();
  await registration?.unregister();
  for (const name of await caches.keys()) await caches.delete(name);
  location.reload();
}
