// What the package needs of the place where it runs.
import type { Assets, Build, FromWorker, ToWorker } from "./protocol.mjs";

export interface EngineWorker {
  post(message: ToWorker, transfer?: ArrayBuffer[]): void;
  /// Whether somebody waits for it: Node ends a process whose workers are idle.
  busy(busy: boolean): void;
  terminate(): void;
}

export interface Platform {
  /// How many threads an engine has if nobody says.
  threads(): number;
  canShareMemory(): boolean;
  assets(build: Build): Promise<Assets>;
  /// `fail` is called with a reason when the worker is lost.
  spawn(receive: (message: FromWorker) => void, fail: (reason: string) => void): EngineWorker;
}
