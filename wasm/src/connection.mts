// One worker at a time, one request at a time: queue, progress, cancel, and what happens when the worker is lost.
import { ProgressReader, controlBytes, stopValues, stopWord, versionWord } from "./control.mjs";
import { DolabError, abortError, fail } from "./errors.mjs";
import type { EngineWorker, Platform } from "./platform.mjs";
import { bring } from "./freight.mjs";
import type {
  Answer,
  Answers,
  Build,
  Commands,
  FromWorker,
  Piece,
  RunMessage,
  SharedControl,
  ToWorker,
} from "./protocol.mjs";
import type { Progress } from "./types.mjs";

const pollMilliseconds = 50;
// Until a worker that was asked to end its work is ended itself, with all that it holds. What there is of a fit has yet
// to be drawn, diagnosed and written. Without shared memory a worker hears nothing before its next slice, and only fits
// have slices.
const patienceMilliseconds = { finish_early: 30_000, abandon: { threads: 3000, single: 20_000 } };

type Payload = ToWorker extends infer Message ? (Message extends { id: number } ? Omit<Message, "id"> : never) : never;
export type Report<Message extends RunMessage> = Commands[Message["command"]]["report"];
type OnProgress = ((progress: Progress) => void) | undefined;

interface Pending {
  resolve(result: Answers[keyof Answers]): void;
  reject(error: Error): void;
  reader: ProgressReader;
  listeners: Listeners;
}

export interface Task {
  stop(): void;
}

interface Listeners {
  onProgress?: OnProgress;
  onCheckpoint?: ((bytes: Uint8Array) => void) | undefined;
}

export interface CallControl extends Listeners {
  signal?: AbortSignal | undefined;
  task?: Task;
}

/// Calls a listener; what it throws is an uncaught error of its own, and not the engine's.
function apart<Value>(listener: ((value: Value) => void) | undefined, value: Value): void {
  try {
    listener?.(value);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

const disposed = () => fail("E1202", "the engine was disposed", "create another engine");
const gone = (message: string) => fail("E1202", message, "the next call starts another engine");
// What the engine itself did not notice: stacks differ between browsers.
const isDeep = (reason: string) => /call stack|too much recursion/i.test(reason);
const tooDeep = () => fail("E903", "calls and expressions are nested too deep", "use a loop instead of recursion");

export interface ConnectionOptions {
  build: Build;
  threads: number;
  startSeconds: number;
}

export class Connection {
  readonly #platform: Platform;
  readonly #options: ConnectionOptions;
  #worker: EngineWorker | null = null;
  #control: SharedControl | null = null;
  #queue: Promise<unknown> = Promise.resolve();
  #current: Pending | null = null;
  #disposed = false;
  #nextId = 1;
  #seen = 0; // version of the control block that was reported last
  #patience: ReturnType<typeof setTimeout> | undefined;
  readonly build: Build;
  generation = 0; // of the worker; files live as long as it does

  constructor(platform: Platform, options: ConnectionOptions) {
    this.#platform = platform;
    this.#options = options;
    this.build = options.build;
  }

  /// Starts a worker. Returns what the engine says of itself.
  open(): Promise<Answers["start"]["report"]> {
    return this.#enqueue(() => this.#start());
  }

  /// Sends a command when its turn comes.
  async run<M extends RunMessage>(message: M, control: CallControl = {}): Promise<Answer<Report<M>>> {
    const prepare = async (): Promise<Payload> => {
      const post = (piece: Piece) => this.#send({ kind: "piece", piece }, {}, [piece.bytes.buffer]);
      const files = await bring(message.files ?? [], this, post);
      return { kind: "run", message: { ...(message as RunMessage), files } };
    };
    return (await this.#request(prepare, control)) as Answer<Report<M>>;
  }

  /// A file of the worker's memory; `path` is asked when its turn comes, and throws if the file went with a worker.
  async read(path: () => string): Promise<Uint8Array> {
    return ((await this.#request(() => ({ kind: "read", path: path() }), {})) as Answers["read"]).bytes;
  }

  async memory(drop: string[]): Promise<Answers["memory"]> {
    return (await this.#request(() => ({ kind: "memory", drop }), {})) as Answers["memory"];
  }

  dispose(): void {
    this.#disposed = true;
    this.#drop(disposed());
  }

  /// `task.stop()` asks for what there is; a signal rejects at once, and the next request waits until the engine is
  /// free.
  #request(prepare: () => Payload | Promise<Payload>, control: CallControl): Promise<Answers[keyof Answers]> {
    const { signal, task, ...listeners } = control;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return void reject(abortError());
      let stopped: "finish_early" | "abandon" | undefined;
      let running = false;
      const end = (how: "finish_early" | "abandon") => {
        stopped ??= how;
        if (running) this.#stop(how);
      };
      const abort = () => {
        reject(abortError());
        end("abandon");
      };
      if (task) task.stop = () => end("finish_early");
      signal?.addEventListener("abort", abort, { once: true });
      const turn = this.#enqueue(async () => {
        if (signal?.aborted) throw abortError();
        if (!this.#worker) await this.#start();
        const payload = await prepare();
        if (signal?.aborted) throw abortError();
        running = true;
        const answer = this.#send(payload, listeners);
        if (stopped) this.#stop(stopped);
        return answer.finally(() => (running = false));
      });
      turn.then(resolve, reject).finally(() => signal?.removeEventListener("abort", abort));
    });
  }

  #enqueue<Result>(job: () => Promise<Result>): Promise<Result> {
    const turn = this.#queue.then(() => {
      if (this.#disposed) throw disposed();
      return job();
    });
    this.#queue = turn.catch(() => {});
    return turn;
  }

  async #start(): Promise<Answers["start"]["report"]> {
    const { build, threads, startSeconds } = this.#options;
    const assets = await this.#platform.assets(build);
    if (this.#disposed) throw disposed();
    const lost = (reason: string) => {
      if (this.#worker !== worker) return;
      this.#drop(gone(`the engine was lost: ${reason}`));
    };
    const worker: EngineWorker = this.#platform.spawn((message) => this.#receive(message), lost);
    this.#worker = worker;
    const late = setTimeout(() => lost(`it did not start within ${startSeconds} s`), 1000 * startSeconds);
    try {
      const started = await this.#send({ kind: "start", assets, build, threads, controlBytes }, {});
      const { report, control } = started as Answers["start"];
      this.#control = control;
      return report;
    } catch (error) {
      this.#drop(gone("the engine did not start"));
      throw error;
    } finally {
      clearTimeout(late);
    }
  }

  #send(payload: Payload, listeners: Listeners, transfer: ArrayBuffer[] = []): Promise<Answers[keyof Answers]> {
    const worker = this.#worker;
    if (!worker) throw disposed();
    worker.busy(true);
    const words = this.#words();
    if (words) {
      Atomics.store(words, stopWord, 0);
      this.#seen = Atomics.load(words, versionWord);
    }
    const watch = words && listeners.onProgress ? setInterval(() => this.#poll(), pollMilliseconds) : undefined;
    const answer = new Promise<Answers[keyof Answers]>((resolve, reject) => {
      this.#current = { resolve, reject, reader: new ProgressReader(), listeners };
    });
    worker.post({ id: this.#nextId++, ...payload } as ToWorker, transfer);
    return answer.finally(() => {
      clearInterval(watch);
      clearTimeout(this.#patience);
      if (this.#worker === worker) worker.busy(false);
    });
  }

  #words(): Int32Array | null {
    return this.#control && new Int32Array(this.#control.buffer, this.#control.address, 2);
  }

  /// Reads the shared control block; one that is being written is left for the next time.
  #poll(): void {
    const words = this.#words();
    if (!words || !this.#control) return;
    const { buffer, address } = this.#control;
    const version = Atomics.load(words, versionWord);
    if (version === this.#seen || version % 2) return;
    const bytes = new Uint8Array(buffer, address, controlBytes).slice();
    if (Atomics.load(words, versionWord) !== version) return;
    this.#seen = version;
    this.#tell(bytes);
  }

  #tell(control: Uint8Array): void {
    const { reader, listeners } = this.#current ?? {};
    if (listeners?.onProgress && reader) apart(listeners.onProgress, reader.read(control));
  }

  #stop(how: "finish_early" | "abandon"): void {
    const words = this.#words();
    if (how === "abandon" && this.#current) this.#current.listeners = {};
    if (words) Atomics.store(words, stopWord, stopValues[how]);
    else this.#worker?.post({ id: this.#nextId++, kind: "end", how });
    clearTimeout(this.#patience);
    const impatient = () => this.#drop(fail("E1201", "cancelled: the engine did not stop and was ended"));
    const { finish_early, abandon } = patienceMilliseconds;
    this.#patience = setTimeout(impatient, how === "abandon" ? abandon[this.build] : finish_early);
  }

  #receive(message: FromWorker): void {
    const current = this.#current;
    switch (message.kind) {
      case "progress":
        return this.#tell(message.control);
      case "checkpoint":
        return apart(current?.listeners.onCheckpoint, message.bytes);
      case "crash":
        return this.#drop(isDeep(message.reason) ? tooDeep() : gone(`the engine failed: ${message.reason}`));
      case "error":
        if (this.#control) this.#poll();
        this.#current = null;
        return current?.reject(new DolabError(message.error));
      case "result":
        if (this.#control) this.#poll();
        this.#current = null;
        return current?.resolve(message.result);
    }
  }

  /// Ends the worker; the request that it was at fails with `error`.
  #drop(error: Error): void {
    const worker = this.#worker;
    const current = this.#current;
    if (worker) this.generation += 1;
    this.#worker = this.#control = this.#current = null;
    worker?.terminate();
    current?.reject(error);
  }
}
