// The package in browsers. Every file is named by a literal `new URL`, so that bundlers find it.
import { startEngine } from "./engine.mjs";
import type { Platform } from "./platform.mjs";
import type { Engine, EngineOptions } from "./types.mjs";

export { DolabError } from "./errors.mjs";
export type * from "./types.mjs";

const files = {
  threads: {
    script: new URL("./dolab.js", import.meta.url).href,
    wasm: new URL("./dolab.wasm", import.meta.url).href,
    pthread: new URL("./dolab.worker.js?no-inline", import.meta.url).href,
  },
  single: {
    script: new URL("./dolab-single.js", import.meta.url).href,
    wasm: new URL("./dolab-single.wasm", import.meta.url).href,
  },
};

const platform: Platform = {
  threads: () => Math.min(Math.max(2, (navigator.hardwareConcurrency ?? 4) - 1), 8),
  canShareMemory: () => globalThis.crossOriginIsolated === true && typeof SharedArrayBuffer === "function",
  assets: (build) => Promise.resolve(files[build]),

  spawn(receive, fail) {
    const worker = new Worker(new URL("./engine-worker.js", import.meta.url));
    worker.onmessage = (event) => receive(event.data);
    worker.onerror = (event) => fail(event.message ?? "the engine's worker could not be loaded");
    return {
      post: (message, transfer = []) => worker.postMessage(message, transfer),
      busy: () => {},
      terminate: () => worker.terminate(),
    };
  },
};

export const createEngine = (options?: EngineOptions): Promise<Engine> => startEngine(platform, options);
