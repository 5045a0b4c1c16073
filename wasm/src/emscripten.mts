// The parts of an Emscripten module that the worker uses. Types only.
import type { ErrorDetails } from "./errors.mjs";
import type { Answers, Commands, FromWorker, ToWorker, Unfinished } from "./protocol.mjs";

export interface FileSystem {
  mkdir(path: string): void;
  mkdirTree(path: string): void;
  chdir(path: string): void;
  rmdir(path: string): void;
  unlink(path: string): void;
  symlink(target: string, path: string): void;
  readdir(path: string): string[];
  readFile(path: string): Uint8Array<ArrayBuffer>;
  /// With `canOwn` the file keeps the array itself.
  writeFile(path: string, bytes: Uint8Array, options?: { canOwn: boolean }): void;
  stat(path: string): { mode: number; size: number };
  isDir(mode: number): boolean;
  analyzePath(path: string): { exists: boolean };
}

export interface Module {
  FS: FileSystem;
  HEAPU8: Uint8Array;
  /// bind/bindings.cpp: a command and a JSON request; the JSON of a CallResult.
  call(command: keyof Commands, request: string): string;
  /// Address of the control block.
  control(): number;
}

export type CallResult = Answers["run"] | Unfinished | { error: ErrorDetails };

export interface ModuleOptions {
  mainScriptUrlOrBlob: string;
  locateFile(name: string): string;
  dolabThreads: number;
  onDolabProgress(address: number): void;
  wasmBinary?: Uint8Array;
  wasmMemory?: WebAssembly.Memory;
}

export type CreateModule = (options: ModuleOptions) => Promise<Module>;

/// What a platform gives the worker; a browser's worker has its own.
export interface Host {
  /// Of the worker's address; tests ask for faults there.
  search: string;
  post(message: FromWorker, transfer?: ArrayBuffer[]): void;
  listen(receive: (message: ToWorker) => void): void;
  load(script: string): CreateModule;
  exit(): void;
}

export interface WorkerScope {
  dolabHost?: Host;
  createDolab: CreateModule;
  location: { search: string };
  close(): void;
  importScripts(script: string): void;
  postMessage(message: FromWorker, transfer: ArrayBuffer[]): void;
  onmessage: (event: MessageEvent<ToWorker>) => void;
}
