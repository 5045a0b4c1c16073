// What the objects of one engine share: its connection, its stores, and runs that can be stopped.
import type { CallControl, Connection, Report, Task } from "./connection.mjs";
import type { Answer, RunMessage } from "./protocol.mjs";
import type { Store } from "./stores.mjs";
import { Stores } from "./stores.mjs";
import type { CallOptions, Run } from "./types.mjs";

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

  run<M extends RunMessage>(message: M, control?: CallControl): Promise<Answer<Report<M>>> {
    return this.connection.run({ ...message, drop: this.stores.takeDropped() }, control);
  }

  /// A command that writes a store, as a promise with `stop()`, which asks for what there is. Whatever is wrong with the
  /// call rejects the promise.
  start<M extends RunMessage, Result>(
    prepare: (store: Store) => M,
    { signal, onProgress }: CallOptions,
    finish: (answer: Answer<Report<M>>, store: Store) => Result,
  ): Run<Result> {
    const task: Task = { stop() {} };
    const work = async () => {
      const store = this.stores.add();
      const answer = await this.run(prepare(store), { signal, onProgress, task });
      return finish({ ...answer, report: withoutPath(answer.report) }, store.keep());
    };
    return Object.assign(work(), { stop: () => task.stop() });
  }
}
