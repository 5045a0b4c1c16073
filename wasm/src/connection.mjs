// One worker at a time, one request at a time: queue, progress, cancel, and what happens when the worker is lost.
import { DolabError, abortError, fail } from "./errors.mjs";

const pollMilliseconds = 50;
const patienceMilliseconds = 2000; // until a worker that was asked to stop is ended

/// The engine's control block: see Control in bind/engine.hpp.
function readProgress(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = (first, size) => {
    const part = bytes.subarray(first, first + size);
    const end = part.indexOf(0);
    return new TextDecoder().decode(end < 0 ? part : part.subarray(0, end));
  };
  const [done, total, seconds, rate, eta_seconds] = [8, 16, 24, 32, 40].map((offset) => view.getFloat64(offset, true));
  return { phase: text(48, 32), done, total, seconds, rate, eta_seconds, note: text(80, 96) };
}

export class Connection {
  #platform;
  #options; // { build, threads }
  #worker = null;
  #control = null;
  #queue = Promise.resolve();
  #current = null; // { resolve, reject, onProgress }
  #disposed = false;
  #nextId = 1;
  generation = 0; // of the worker; files live as long as it does

  constructor(platform, options) {
    this.#platform = platform;
    this.#options = options;
  }

  /// Starts a worker if there is none. Returns what the engine says of itself.
  open() {
    return this.#enqueue(() => this.#ready());
  }

  /// Sends { command, request, files, columns } when its turn comes. `task.stop()` asks for what there is; a signal
  /// rejects at once, and the next request waits until the engine is free.
  run(message, { signal, onProgress, task = {} } = {}) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return void reject(abortError());
      let stopped = false;
      let running = false;
      const stop = () => {
        stopped = true;
        if (running) this.#stop();
      };
      const abort = () => {
        reject(abortError());
        stop();
      };
      task.stop = stop;
      signal?.addEventListener("abort", abort, { once: true });
      const turn = this.#enqueue(async () => {
        if (signal?.aborted) return undefined;
        await this.#ready();
        running = true;
        const answer = this.#send({ run: message }, onProgress);
        if (stopped) this.#stop();
        return answer.finally(() => (running = false));
      });
      turn.then(resolve, reject).finally(() => signal?.removeEventListener("abort", abort));
    });
  }

  dispose() {
    this.#disposed = true;
    this.#drop(fail("E1999", "the engine was disposed", "create another engine"));
  }

  #enqueue(job) {
    const turn = this.#queue.then(() => {
      if (this.#disposed) throw fail("E1999", "the engine was disposed", "create another engine");
      return job();
    });
    this.#queue = turn.catch(() => {});
    return turn;
  }

  async #ready() {
    if (this.#worker) return undefined;
    const { build, threads } = this.#options;
    const assets = await this.#platform.assets(build);
    const lost = (worker) => (reason) => {
      if (this.#worker !== worker.handle) return;
      this.#drop(fail("E1999", `the engine was lost: ${reason}`, "the next call starts another"));
    };
    const own = {};
    own.handle = this.#platform.spawn((message) => this.#receive(message), (reason) => lost(own)(reason));
    this.#worker = own.handle;
    this.generation += 1;
    const { report, control } = await this.#send({ start: { assets, build, threads } });
    this.#control = control;
    return report;
  }

  #send(message, onProgress) {
    const worker = this.#worker;
    const control = this.#control;
    worker.busy(true);
    if (control) Atomics.store(new Int32Array(control.buffer, control.address, 1), 0, 0);
    const watch = control && onProgress ? setInterval(() => this.#poll(onProgress), pollMilliseconds) : undefined;
    if (watch) this.#seen = Atomics.load(new Int32Array(control.buffer, control.address, 2), 1);
    const answer = new Promise((resolve, reject) => (this.#current = { resolve, reject, onProgress }));
    worker.post({ id: this.#nextId++, ...message });
    return answer.finally(() => {
      if (watch) this.#poll(onProgress);
      clearInterval(watch);
      clearTimeout(this.#patience);
      if (this.#worker === worker) worker.busy(false);
    });
  }

  #seen = 0;
  #patience;

  /// Reads the shared control block; one that is being written is left for the next time.
  #poll(onProgress) {
    if (!this.#control) return;
    const { buffer, address } = this.#control;
    const words = new Int32Array(buffer, address, 2);
    const version = Atomics.load(words, 1);
    if (version === this.#seen || version % 2) return;
    const bytes = new Uint8Array(buffer).slice(address, address + 176);
    if (Atomics.load(words, 1) !== version) return;
    this.#seen = version;
    onProgress(readProgress(bytes));
  }

  #stop() {
    const cancelled = fail("E1201", "cancelled", "without shared memory a stopped engine keeps no partial results");
    if (!this.#control) return this.#drop(cancelled);
    Atomics.store(new Int32Array(this.#control.buffer, this.#control.address, 1), 0, 1);
    clearTimeout(this.#patience);
    const impatient = fail("E1201", "cancelled: the engine did not stop and was ended");
    this.#patience = setTimeout(() => this.#drop(impatient), patienceMilliseconds);
  }

  #receive({ progress, result, error, crash }) {
    if (progress) return this.#current?.onProgress?.(readProgress(progress));
    const { resolve, reject } = this.#current ?? {};
    this.#current = null;
    if (result) return resolve?.(result);
    if (error) return reject?.(new DolabError(error));
    this.#current = { reject };
    return this.#drop(fail("E1999", `the engine failed: ${crash}`, "the next call starts another"));
  }

  /// Ends the worker; the request that it was at fails with `error`.
  #drop(error) {
    const worker = this.#worker;
    const current = this.#current;
    this.#worker = this.#control = this.#current = null;
    worker?.terminate();
    current?.reject(error);
  }
}
