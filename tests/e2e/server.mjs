// Serves folders of the repository to the browser tests, with or without the headers of isolation.
//
//   node tests/e2e/server.mjs PORT isolated|plain
//
// /lab/ is web/dist, everything else the repository itself: /wasm/dist/..., /examples/..., /tests/e2e/...
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { headers } from "../../web/headers.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".webmanifest": "application/manifest+json",
};

async function fileOf(url) {
  const asked = decodeURIComponent(new URL(url, "http://host").pathname);
  const name = asked.startsWith("/lab/") ? `/web/dist/${asked.slice(5)}` : asked;
  const file = path.join(root, name.endsWith("/") ? `${name}index.html` : name);
  return file.startsWith(root) && (await stat(file).catch(() => null))?.isFile() ? file : null;
}

/// The server, listening on 127.0.0.1; port 0 chooses one. `edits`: by path, what is said instead of a file's text.
export async function serve({ port = 0, isolated = true, edits = new Map() } = {}) {
  const said = {
    ...headers.security,
    ...(isolated ? headers.isolation : {}),
    "Cache-Control": "no-cache",
  };
  const server = createServer(async (request, response) => {
    const file = await fileOf(request.url).catch(() => null);
    if (!file) return response.writeHead(404, said).end("not found");
    response.writeHead(200, {
      ...said,
      "Content-Type": types[path.extname(file)] ?? "application/octet-stream",
    });
    const edit = edits.get(new URL(request.url, "http://host").pathname);
    if (edit) return response.end(edit(await readFile(file, "utf8")));
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  return { server, origin: `http://127.0.0.1:${server.address().port}` };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [port, kind] = process.argv.slice(2);
  await serve({ port: Number(port), isolated: kind !== "plain" });
}
