import { existsSync, symlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// Tests live in tests/, which has no packages of its own.
const link = fileURLToPath(new URL("../tests/node_modules", import.meta.url));
if (!existsSync(link)) symlinkSync("../web/node_modules", link);

export default defineConfig({
  root: "..",
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  test: { include: ["tests/web/**/*.test.{ts,tsx}"] },
});
