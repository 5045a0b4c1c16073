// Node's side of engine-worker.js.
import workers = require("node:worker_threads");

(globalThis as { dolabHost?: unknown }).dolabHost = {
  search: process.argv[2] ?? "",
  post: (message: unknown, transfer: ArrayBuffer[] = []) => workers.parentPort?.postMessage(message, transfer),
  listen: (receive: (message: unknown) => void) => workers.parentPort?.on("message", receive),
  load: (path: string): unknown => require(path),
  exit: () => process.exit(1),
};
require("./engine-worker.js");
