// The lab's service worker: everything works offline after the first visit, and pages of servers that send no isolation
// headers get them here. Hashed files come from the cache, the page from the network if there is one. Both builds of the
// engine are kept, because the second visit is isolated where the first was not.
const version = "__VERSION__";
const files = ["__FILES__"];
const name = `dolab-lab-${version}`;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(name).then((cache) => cache.addAll(files.map((file) => new Request(file, { cache: "no-cache" })))),
  );
});

// The page asks when its user wants the newer version; until then the older one goes on with its files.
self.addEventListener("message", ({ data }) => {
  if (data === "take over") void self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => names.filter((other) => other.startsWith("dolab-lab-") && other !== name))
      .then((old) => Promise.all(old.map((other) => caches.delete(other))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin || url.pathname.includes("/api/")) return;
  event.respondWith(answer(request).then(isolated));
});

async function answer(request) {
  const cache = await caches.open(name);
  if (request.mode === "navigate") return fetch(request).catch(() => cache.match("./"));
  return (await cache.match(request, { ignoreSearch: true })) ?? fetch(request);
}

/** The answer with the headers that shared memory needs. */
function isolated(response) {
  if (!response || response.status === 0) return response ?? Response.error();
  const headers = new Headers(response.headers);
  headers.set("Cross-Origin-Opener-Policy", "same-origin");
  headers.set("Cross-Origin-Embedder-Policy", "require-corp");
  headers.set("Cross-Origin-Resource-Policy", "same-origin");
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
