import { defineConfig } from "vite";
import { fileURLToPath } from "node:url";
import { headers } from "./headers.mjs";
import { precompress } from "./precompress.ts";
import { serviceWorker } from "./serviceWorker.ts";

export default defineConfig({
  base: "./",
  plugins: [serviceWorker(), precompress()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  // The package is linked, and its files must be served one by one.
  server: { fs: { allow: [".."] }, headers: headers.isolation },
  preview: { headers: { ...headers.isolation, ...headers.security } },
  optimizeDeps: { exclude: ["dolab"] },
  worker: { format: "es" },
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
});
