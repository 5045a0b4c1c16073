// One worker at a time, one request at a time: queue, progress, cancel, and what happens when the worker is lost.
import { controlBytes, readProgress, stopWord, versionWord } from "./control.mjs";
import { DolabError, abortError, fail } from "./errors.mjs";
import type { EngineWorker, Platform } from "./platform.mjs";
import type { Answer, Answers, Build, Commands, FromWorker, RunMessage, SharedControl, ToWorker } from "./protocol.mjs";
import type { Progress } from "./types.mjs";

const pollMilliseconds = 50;
const patienceMilliseconds = 2000; // until a worker that was asked to stop is ended

type Payload = ToWorker extends infer Message ? (Message extends { id: number } ? Omit<Message, "id"> : never) : never;
export type Report<Message extends RunMessage> = Commands[Message["command"]]["report"];
type OnProgress = ((progress: Progress) => void) | undefined;

interface Pending {
  resolve(result: Answers[keyof Answers]): void;
  reject(error: Error): void;
  onProgress?: OnProgress;
}

export interface Task {
  stop(): void;
}

export interface CallControl {
  signal?: AbortSignal | undefined;
  onProgress?: OnProgress;
  task?: Task;
}

export class Connection {
  readonly #platform: Platform;
  readonly #options: { build: Build; threads: number };
  #worker: EngineWorker | null = null;
  #control: SharedControl | null = null;
  #queue: Promise<unknown> = Promise.resolve();
  #current: Pending | null = null;
  #disposed = false;
  #nextId = 1;
  #seen = 0; // version of the control block that was reported last
  #patience: ReturnType<typeof setTimeout> | undefined;
  generation = 0; // of the worker; files live as long as it does

  constructor(platform: Platform, options: { build: Build; threads: number }) {
    this.#platform = platform;
    this.#options = options;
  }

  /// Starts a worker. Returns what the engine says of itself.
  open(): Promise<Answers["start"]["report"]> {
    return this.#enqueue(() => this.#start());
  }

  /// Sends a command when its turn comes.
  async run<M extends RunMessage>(message: M, control: CallControl = {}): Promise<Answer<Report<M>>> {
    return (await this.#request({ kind: "run", message }, control)) as Answer<Report<M>>;
  }

  /// A file of the worker's memory.
  async read(path: string): Promise<Uint8Array> {
    return ((await this.#request({ kind: "read", path }, {})) as Answers["read"]).bytes;
  }

  dispose(): void {
    this.#disposed = true;
    this.#drop(fail("E1999", "the engine was disposed", "create another engine"));
  }

  /// `task.stop()` asks for what there is; a signal rejects at once, and the next request waits until the engine is
  /// free.
  #request(payload: Payload, { signal, onProgress, task }: CallControl): Promise<Answers[keyof Answers]> {
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
      if (task) task.stop = stop;
      signal?.addEventListener("abort", abort, { once: true });
      const turn = this.#enqueue(async () => {
        if (signal?.aborted) throw abortError();
        if (!this.#worker) await this.#start();
        running = true;
        const answer = this.#send(payload, onProgress);
        if (stopped) this.#stop();
        return answer.finally(() => (running = false));
      });
      turn.then(resolve, reject).finally(() => signal?.removeEventListener("abort", abort));
    });
  }

  #enqueue<Result>(job: () => Promise<Result>): Promise<Result> {
    const turn = this.#queue.then(() => {
      if (this.#disposed) throw fail("E1999", "the engine was disposed", "create another engine");
      return job();
    });
    this.#queue = turn.catch(() => {});
    return turn;
  }

  async #start(): Promise<Answers["start"]["report"]> {
    const { build, threads } = this.#options;
    const assets = await this.#platform.assets(build);
    const lost = (reason: string) => {
      if (this.#worker !== worker) return;
      this.#drop(fail("E1999", `the engine was lost: ${reason}`, "the next call starts another"));
    };
    const worker: EngineWorker = this.#platform.spawn((message) => this.#receive(message), lost);
    this.#worker = worker;
    this.generation += 1;
    const started = await this.#send({ kind: "start", assets, build, threads, controlBytes });
    const { report, control } = started as Answers["start"];
    this.#control = control;
    return report;
  }

  #send(payload: Payload, onProgress?: OnProgress): Promise<Answers[keyof Answers]> {
    const worker = this.#worker!;
    worker.busy(true);
    const words = this.#words();
    if (words) Atomics.store(words, stopWord, 0);
    const watch = words && onProgress ? setInterval(() => this.#poll(onProgress), pollMilliseconds) : undefined;
    if (words && watch) this.#seen = Atomics.load(words, versionWord);
    const answer = new Promise<Answers[keyof Answers]>((resolve, reject) => {
      this.#current = { resolve, reject, onProgress };
    });
    worker.post({ id: this.#nextId++, ...payload } as ToWorker);
    return answer.finally(() => {
      if (watch && onProgress) this.#poll(onProgress);
      clearInterval(watch);
      clearTimeout(this.#patience);
      if (this.#worker === worker) worker.busy(false);
    });
  }

  #words(): Int32Array | null {
    return this.#control && new Int32Array(this.#control.buffer, this.#control.address, 2);
  }

  /// Reads the shared control block; one that is being written is left for the next time.
  #poll(onProgress: (progress: Progress) => void): void {
    const words = this.#words();
    if (!words || !this.#control) return;
    const { buffer, address } = this.#control;
    const version = Atomics.load(words, versionWord);
    if (version === this.#seen || version % 2) return;
    const bytes = new Uint8Array(buffer, address, controlBytes).slice();
    if (Atomics.load(words, versionWord) !== version) return;
    this.#seen = version;
    onProgress(readProgress(bytes));
  }

  #stop(): void {
    const words = this.#words();
    if (!words) {
      return this.#drop(fail("E1201", "cancelled", "without shared memory a stopped engine keeps no partial results"));
    }
    Atomics.store(words, stopWord, 1);
    clearTimeout(this.#patience);
    const impatient = fail("E1201", "cancelled: the engine did not stop and was ended");
    this.#patience = setTimeout(() => this.#drop(impatient), patienceMilliseconds);
  }

  #receive(message: FromWorker): void {
    if (message.kind === "progress") return this.#current?.onProgress?.(readProgress(message.control));
    if (message.kind === "crash") {
      return this.#drop(fail("E1999", `the engine failed: ${message.reason}`, "the next call starts another"));
    }
    const current = this.#current;
    this.#current = null;
    if (message.kind === "result") current?.resolve(message.result);
    else current?.reject(new DolabError(message.error));
  }

  /// Ends the worker; the request that it was at fails with `error`.
  #drop(error: Error): void {
    const worker = this.#worker;
    const current = this.#current;
    this.#worker = this.#control = this.#current = null;
    worker?.terminate();
    current?.reject(error);
  }
}
