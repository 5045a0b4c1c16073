import { defineConfig } from "@playwright/test";
import { chromiumOptions, ports } from "./chromium.mjs";

export default defineConfig({
  testDir: ".",
  outputDir: "../../build/e2e",
  workers: 1,
  retries: 0,
  timeout: 60_000,
  forbidOnly: true,
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    launchOptions: chromiumOptions,
    baseURL: `http://127.0.0.1:${ports.isolated}`,
    screenshot: "only-on-failure",
  },
  webServer: Object.entries(ports).map(([kind, port]) => ({
    command: `node server.mjs ${port} ${kind}`,
    url: `http://127.0.0.1:${port}/tests/e2e/blank.html`,
    reuseExistingServer: false,
  })),
});
