// Stores and kept files are files of the worker's memory; one goes when nobody has it any more.
import type { Connection } from "./connection.mjs";
import { fail } from "./errors.mjs";
import type { KeptFile } from "./types.mjs";

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

  keep(bytes: Uint8Array): KeptBytes {
    const newPath = (kept: KeptBytes) => {
      const path = `/kept/${++this.#count}`;
      this.#registry.unregister(kept);
      this.#registry.register(kept, path, kept);
      return path;
    };
    return new KeptBytes(this.#connection, bytes, newPath, ({ path }) => this.#dropped.push(path));
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
    return this.#connection.read(() => this.use());
  }

  dispose(): void {
    if (this.#generation !== null) this.#drop(this.path);
    this.#generation = null;
  }
}

/// Bytes that go to the worker when a call first needs them, and again to another worker or after `dispose`.
export class KeptBytes implements KeptFile {
  readonly #connection: Connection;
  readonly #newPath: (kept: KeptBytes) => string;
  readonly #drop: (kept: KeptBytes) => void;
  /// Of the worker that has them.
  #generation: number | null = null;
  path = "";
  readonly bytes: Uint8Array;

  constructor(
    connection: Connection,
    bytes: Uint8Array,
    newPath: (kept: KeptBytes) => string,
    drop: (kept: KeptBytes) => void,
  ) {
    this.#connection = connection;
    this.#newPath = newPath;
    this.#drop = drop;
    this.bytes = bytes;
  }

  get size(): number {
    return this.bytes.byteLength;
  }

  /// Has them sent by `post` if the worker does not have them.
  async use(connection: Connection, post: (path: string, bytes: Uint8Array) => Promise<void>): Promise<string> {
    if (connection !== this.#connection) throw fail("E1103", "a kept file belongs to the engine that keeps it");
    if (this.#generation !== connection.generation) {
      this.path = this.#newPath(this);
      await post(this.path, this.bytes);
      this.#generation = connection.generation;
    }
    return this.path;
  }

  dispose(): void {
    if (this.#generation !== null) this.#drop(this);
    this.#generation = null;
  }
}
