// The service worker: offline use, isolation on servers without its headers, and word of newer versions.
import { signal } from "@preact/signals";

const RELOADED = "dolab.isolation";
const CACHES = "dolab-lab-";
const LOOK_MS = 600_000;

/** A newer version of the page has been fetched and waits for a reload, which only the user asks for. */
export const newer = signal<ServiceWorker | null>(null);

export async function startOffline(): Promise<void> {
  if (!("serviceWorker" in navigator) || !import.meta.env.PROD) return;
  const registration = await navigator.serviceWorker.register("./sw.js").catch(() => null);
  if (!registration) return;
  watch(registration);
  await navigator.serviceWorker.ready;
  isolate();
}

/** A worker that has been installed beside one that is in charge is a newer version. */
function watch(registration: ServiceWorkerRegistration): void {
  const look = (worker: ServiceWorker | null) => {
    if (worker?.state === "installed" && registration.active) newer.value = worker;
  };
  look(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const worker = registration.installing;
    worker?.addEventListener("statechange", () => look(worker));
  });
  let looked = performance.now();
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible" || performance.now() - looked < LOOK_MS) return;
    looked = performance.now();
    void registration.update().catch(() => undefined);
  });
}

/** The newer version takes over, and the page is loaded anew. */
export function takeNewer(): void {
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  newer.value?.postMessage("take over");
}

/** Forgets what makes the page work offline, and loads it anew. Projects are kept elsewhere, and stay. */
export async function resetCache(): Promise<void> {
  if ("serviceWorker" in navigator) {
    const all = await navigator.serviceWorker.getRegistrations();
    await Promise.all(all.map((registration) => registration.unregister()));
  }
  const names = (await caches.keys()).filter((name) => name.startsWith(CACHES));
  await Promise.all(names.map((name) => caches.delete(name)));
  sessionStorage.removeItem(RELOADED);
  location.reload();
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
