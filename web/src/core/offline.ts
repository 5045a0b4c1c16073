// The service worker: offline use, and isolation on servers without its headers.

const RELOADED = "dolab.isolation";

export async function startOffline(): Promise<void> {
  if (!("serviceWorker" in navigator) || !import.meta.env.PROD) return;
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
