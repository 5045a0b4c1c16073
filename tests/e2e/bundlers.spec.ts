// The packed package in an application of its own, bundled by Vite and by webpack without any configuration.
import { execFileSync } from "node:child_process";
import { createReadStream, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import type { Server } from "node:http";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { build, createServer as createViteServer } from "vite";
import webpack from "webpack";
import { headers } from "../../web/headers.mjs";
import { expect, test } from "./lab";

const root = path.resolve(import.meta.dirname, "../..");
const folder = mkdtempSync(path.join(tmpdir(), "dolab-app-"));
const page = (script: string) =>
  `<!doctype html><html lang="en"><title>app</title><script type="module" src="${script}"></script></html>`;
const main = `import { createEngine } from "dolab";
const source = \`
import numpyro
import numpyro.distributions as dist
def model(y=None):
    mu = numpyro.sample("mu", dist.Normal(0, 1))
    numpyro.sample("y", dist.Normal(mu, 1), obs=y)
\`;
try {
  const engine = await createEngine();
  const model = await engine.model(source);
  const fit = await model.fit({ data: { y: [1, 2, 3] }, steps: 500, seed: 1 });
  const { data } = await fit.draws("mu");
  document.title = [engine.info.build, data.length, data.every(Number.isFinite)].join(" ");
} catch (error) {
  document.title = String(error);
}
`;

test.beforeAll(() => {
  const [packed] = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], { cwd: root }).toString(),
  ) as { filename: string }[];
  const installed = path.join(folder, "node_modules/dolab");
  mkdirSync(path.join(folder, "src"), { recursive: true });
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["-xzf", path.join(folder, packed?.filename ?? ""), "-C", installed, "--strip-components=1"]);
  writeFileSync(path.join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  writeFileSync(path.join(folder, "src/index.js"), main);
  writeFileSync(path.join(folder, "index.html"), page("/src/index.js"));
});
test.afterAll(() => rmSync(folder, { recursive: true }));

const types: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

async function serve(from: string, isolated: boolean): Promise<{ server: Server; origin: string }> {
  const server = createServer((request, response) => {
    const name = new URL(request.url ?? "/", "http://host").pathname;
    const file = path.join(from, name === "/" ? "index.html" : name);
    if (!file.startsWith(from) || !existsSync(file)) return void response.writeHead(404).end();
    const type = types[path.extname(file)] ?? "application/octet-stream";
    response.writeHead(200, { "Content-Type": type, ...(isolated ? headers.isolation : {}) });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return { server, origin: `http://127.0.0.1:${typeof address === "object" ? (address?.port ?? 0) : 0}` };
}

test("Vite's dev server", async ({ page }) => {
  const server = await createViteServer({
    root: folder,
    configFile: false,
    logLevel: "error",
    server: { port: 0, host: "127.0.0.1", headers: headers.isolation },
  });
  await server.listen();
  await page.goto(server.resolvedUrls?.local[0] ?? "");
  await expect(page).toHaveTitle("threads 1000 true", { timeout: 30_000 });
  await server.close();
});

const bundlers: [string, () => Promise<string>][] = [
  [
    "Vite's build",
    async () => {
      await build({ root: folder, configFile: false, logLevel: "error" });
      return path.join(folder, "dist");
    },
  ],
  [
    "webpack",
    async () => {
      const output = path.join(folder, "packed");
      const stats = await new Promise<webpack.Stats | undefined>((resolve, reject) => {
        webpack({ context: folder, mode: "production", output: { path: output } }, (error, made) =>
          error ? reject(error) : resolve(made),
        );
      });
      expect(stats?.toJson().errors).toEqual([]);
      writeFileSync(path.join(output, "index.html"), page("/main.js"));
      expect(readdirSync(output)).toContain("main.js");
      return output;
    },
  ],
];

for (const [name, make] of bundlers) {
  test(name, async ({ page }) => {
    const made = await make();
    for (const isolated of [true, false]) {
      const { server, origin } = await serve(made, isolated);
      await page.goto(origin);
      await expect(page).toHaveTitle(isolated ? "threads 1000 true" : "single 1000 true", { timeout: 30_000 });
      server.close();
    }
  });
}
