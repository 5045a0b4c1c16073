// What the objects of one engine share: its connection, its stores, and runs that can be stopped.
import { toBytes } from "./columns.mjs";
import type { CallControl, Connection, Report, Task } from "./connection.mjs";
import { fail } from "./errors.mjs";
import type { Answer, RunMessage } from "./protocol.mjs";
import type { Store } from "./stores.mjs";
import { Stores } from "./stores.mjs";
import type { CallOptions, CheckpointOptions, EngineMemory, Run } from "./types.mjs";

const sliceSeconds = 0.05;

/// A report names its store, which here is a file that the caller never sees.
function withoutPath<Report>(report: Report): Report {
  const { store: _, ...rest } = report as Report & { store?: string };
  return rest as Report;
}

export class Session {
  readonly connection: Connection;
  readonly stores: Stores;

  constructor(connection: Connection) {
    this.connection = connection;
    this.stores = new Stores(connection);
  }

  /// After stores that nobody has any more are gone.
  memory(): Promise<EngineMemory> {
    return this.connection.memory(this.stores.takeDropped());
  }

  run<M extends RunMessage>(message: M, control?: CallControl): Promise<Answer<Report<M>>> {
    return this.connection.run({ ...message, drop: this.stores.takeDropped() }, control);
  }

  /// A command that writes a store, as a promise with `stop()`, which asks for what there is. Whatever is wrong with the
  /// call rejects the promise.
  start<M extends RunMessage, Result>(
    prepare: (store: Store) => M,
    listeners: CallOptions & CheckpointOptions,
    finish: (answer: Answer<Report<M>>, store: Store) => Result,
  ): Run<Result> {
    const { signal, onProgress, onCheckpoint } = listeners;
    const task: Task = { stop() {} };
    const work = async () => {
      const store = this.stores.add();
      const message = prepare(store);
      if (message.command === "fit" || message.command === "run") this.#cut(message, listeners);
      const answer = await this.run(message, { signal, onProgress, onCheckpoint, task });
      return finish({ ...answer, report: withoutPath(answer.report) }, store.keep());
    };
    return Object.assign(work(), { stop: () => task.stop() });
  }

  /// A fit goes by slices where the worker has to look at messages, or to hand out checkpoints.
  #cut(message: Extract<RunMessage, { command: "fit" | "run" }>, options: CheckpointOptions): void {
    const { onCheckpoint, checkpointSeconds = 30, resume } = options;
    if (!(checkpointSeconds >= 0)) throw fail("E1103", `${checkpointSeconds} is no time between checkpoints`);
    const checkpoint = onCheckpoint ? { checkpoint: checkpointSeconds } : {};
    if (this.connection.build === "single") message.pace = { slice: sliceSeconds, ...checkpoint };
    else if (onCheckpoint) message.pace = { slice: checkpointSeconds, ...checkpoint };
    if (!resume) return;
    message.request.resume = "/job/resume.zarr.zip";
    message.files = [...(message.files ?? []), { path: message.request.resume, bytes: toBytes(resume) }];
  }
}
