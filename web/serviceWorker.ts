// Writes dist/sw.js: the worker in src/sw.js with the list of the build's files and a version made of their names.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Plugin } from "vite";

export function serviceWorker(): Plugin {
  return {
    name: "dolab-service-worker",
    apply: "build",
    async generateBundle(_, bundle) {
      const fixed = ["./", "./icon.svg", "./lab.webmanifest"];
      const hashed = Object.keys(bundle).filter((name) => name.startsWith("assets/"));
      const files = [...fixed, ...hashed.map((name) => `./${name}`)].sort();
      const page = Object.values(bundle).find((file) => file.fileName === "index.html");
      const html = page?.type === "asset" ? String(page.source) : "";
      const version = createHash("sha256")
        .update(JSON.stringify([files, html]))
        .digest("hex")
        .slice(0, 12);
      const source = await readFile(new URL("./src/sw.js", import.meta.url), "utf8");
      this.emitFile({
        type: "asset",
        fileName: "sw.js",
        source: source.replace("__VERSION__", version).replace('["__FILES__"]', JSON.stringify(files)),
      });
    },
  };
}
