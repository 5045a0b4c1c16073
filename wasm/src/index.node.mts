// The package in Node: the engine runs in a worker thread.
import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { startEngine } from "./engine.mjs";
import type { Platform } from "./platform.mjs";
import type { Engine, EngineOptions } from "./types.mjs";

export { DolabError } from "./errors.mjs";
export type * from "./types.mjs";

const file = (name: string) => fileURLToPath(new URL(`./${name}`, import.meta.url));

const platform: Platform = {
  threads: () => Math.min(availableParallelism(), 8),
  canShareMemory: () => true,

  async assets(build) {
    const stem = build === "threads" ? "dolab" : "dolab-single";
    const wasmBinary = await readFile(file(`${stem}.wasm`));
    return { script: file(`${stem}.js`), pthread: file("dolab.worker.js"), wasmBinary };
  },

  spawn(receive, fail) {
    const worker = new Worker(file("node-worker.js"));
    worker.on("message", receive);
    worker.on("error", (error) => fail(error.message));
    worker.on("exit", (code) => fail(`the engine's worker ended with code ${code}`));
    worker.unref(); // an idle engine does not keep the process alive
    return {
      post: (message, transfer) => worker.postMessage(message, transfer),
      busy: (busy) => (busy ? worker.ref() : worker.unref()),
      terminate: () => void worker.terminate(),
    };
  },
};

export const createEngine = (options?: EngineOptions): Promise<Engine> => startEngine(platform, options);
