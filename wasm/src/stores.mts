// Stores are files of the worker's memory; one goes when nobody has it any more.
import type { Connection } from "./connection.mjs";
import { fail } from "./errors.mjs";

export class Stores {
  readonly #connection: Connection;
  readonly #dropped: string[] = [];
  readonly #registry = new FinalizationRegistry<string>((path) => this.#dropped.push(path));
  #count = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  add(): Store {
    const store = new Store(this.#connection, `/stores/${++this.#count}.zarr.zip`, (path) => this.#dropped.push(path));
    this.#registry.register(store, store.path, store);
    return store;
  }

  takeDropped(): string[] {
    return this.#dropped.splice(0);
  }
}

export class Store {
  readonly #connection: Connection;
  readonly #drop: (path: string) => void;
  #generation: number | null = null;
  readonly path: string;

  constructor(connection: Connection, path: string, drop: (path: string) => void) {
    this.#connection = connection;
    this.#drop = drop;
    this.path = path;
  }

  /// Called when the store has been written.
  keep(): this {
    this.#generation = this.#connection.generation;
    return this;
  }

  /// Throws if the store went with a lost worker, or was disposed.
  use(): string {
    if (this.#generation === this.#connection.generation) return this.path;
    const message = "this result is gone: the engine was restarted, or the result disposed";
    throw fail("E1001", message, "keep the bytes of store()");
  }

  async read(): Promise<Uint8Array> {
    return this.#connection.read(this.use());
  }

  dispose(): void {
    if (this.#generation !== null) this.#drop(this.path);
    this.#generation = null;
  }
}
