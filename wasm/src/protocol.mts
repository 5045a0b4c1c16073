// What crosses between client and worker: the one place where the package knows bind/. Types only.
import type { ErrorDetails } from "./errors.mjs";
import type { KeptBytes } from "./stores.mjs";
import type {
  CheckReport,
  DType,
  EffectList,
  EngineMemory,
  FitReport,
  Language,
  OpenReport,
  PredictReport,
  RunReport,
  Summary,
  Table,
  TableColumn,
} from "./types.mjs";

export type Build = "threads" | "single";

/// Commands of bind/engine.cpp: what they take, and the report that they answer with.
export interface Commands {
  start: { request: { threads: number }; report: { version: string; threads: number } };
  model: { request: { source: string; kernel?: string }; report: ModelReport };
  language: { request: Record<string, never>; report: Language };
  table: { request: { path: string }; report: TableReport };
  stage: { request: StageRequest | Record<string, never>; report: { address?: number } };
  check: {
    request: DocumentRequest & { gradient: boolean; dot: boolean; at?: string };
    report: CheckReport;
  };
  fit: { request: DocumentRequest & SliceRequest & { out: string }; report: FitReport };
  run: { request: SliceRequest & { experiment: string; overrides: string[]; out: string }; report: RunReport };
  continue: { request: SliceRequest; report: FitReport | RunReport };
  checkpoint: { request: { out: string }; report: { bytes: number } };
  finish_early: { request: Record<string, never>; report: FitReport | RunReport };
  abandon: { request: Record<string, never>; report: Record<string, never> };
  open: { request: { store: string }; report: OpenReport };
  draws: { request: { store: string; site: string }; report: { group: string; dims: string[] } };
  own_data: { request: { fit: string }; report: { data: { file: string; text: string } | null } };
  forget: { request: { stores: string[] }; report: Record<string, never> };
  predict: {
    request: (DocumentRequest | (FitRequest & { do: StagedChanges })) & { out: string };
    report: PredictReport;
  };
  effect: { request: FitRequest & { baseline: StagedChanges; intervention: StagedChanges }; report: EffectList };
  save: { request: FitRequest & { experiment: object; out: string }; report: EffectList };
  summary: { request: { store: string; hdi_prob: number }; report: Summary };
}
export type Command = keyof Commands;

export interface DocumentRequest {
  document: object;
  staged: boolean;
}

export interface FitRequest {
  fit: string;
  staged: boolean;
  data?: string;
}

export interface ModelReport {
  kernel: string;
  parameters: { name: string; required: boolean }[];
}

/// A fit that is cut into slices answers with `Unfinished` after each but the last.
export interface SliceRequest {
  slice_seconds?: number;
  resume?: string;
}
export type Unfinished = { unfinished: true };

/// Changes as JSON; long ones are staged as columns, and named.
export type StagedChanges = Record<string, unknown>;

/// Numbers of an array, where the module has them.
export interface HandedOut {
  address: number;
  size: number;
  shape: number[];
  dtype: DType;
}

/// The same when the worker has copied them.
export interface CopiedArray {
  data: Float64Array<ArrayBuffer>;
  shape: number[];
  dtype: DType;
}

/// Columns and their numbers, one column after the other.
export interface TableReport {
  rows: number;
  columns: { name: string; type: TableColumn["type"]; missing: number; levels: string[] }[];
  arguments: Table["arguments"];
}

/// A column: one JSON value, or numbers that follow at the address that the answer names.
export type StageRequest = { name: string; value: unknown } | { name: string; dtype: DType; shape: readonly number[] };
export type StagedColumn = StageRequest & { values?: ArrayLike<number> };

/// A file as calls have it, and as the worker gets it: with its bytes, or at a path where the worker has it already.
export interface GivenFile {
  path: string;
  bytes: Uint8Array | KeptBytes;
}
export type WrittenFile = { path: string } & ({ bytes: Uint8Array } | { link: string });

/// Large files go ahead of their command, in pieces from the first to the last.
export interface Piece {
  path: string;
  size: number;
  first: number;
  bytes: Uint8Array<ArrayBuffer>;
}

/// What a command comes with: files of the job, columns, stores and kept files that nobody has any more, and when a fit
/// looks up from its work.
export interface Freight<File = GivenFile> {
  files?: File[];
  columns?: StagedColumn[];
  drop?: string[];
  pace?: Pace;
}

/// Seconds between two looks at messages, and between two checkpoints.
export interface Pace {
  slice: number;
  checkpoint?: number;
}

export type RunMessage<File = GivenFile> = {
  [C in Command]: { command: C; request: Commands[C]["request"] } & Freight<File>;
}[Command];

/// Where the files of a build are: addresses in browsers, paths in Node.
export interface Assets {
  script: string;
  wasm?: string;
  pthread?: string;
  wasmBinary?: Uint8Array;
}

export type ToWorker = { id: number } & (
  | { kind: "start"; assets: Assets; build: Build; threads: number; controlBytes: number }
  | { kind: "run"; message: RunMessage<WrittenFile> }
  | { kind: "piece"; piece: Piece }
  | { kind: "read"; path: string }
  | { kind: "end"; how: "finish_early" | "abandon" }
  | { kind: "memory"; drop: string[] }
);

/// Shared memory, and where the control block (Control in bind/engine.hpp) is in it.
export interface SharedControl {
  buffer: SharedArrayBuffer;
  address: number;
}

export interface Answers {
  start: { report: Commands["start"]["report"]; control: SharedControl | null };
  run: Answer<unknown>;
  piece: Record<string, never>;
  read: { bytes: Uint8Array<ArrayBuffer> };
  memory: EngineMemory;
}

export interface Answer<Report> {
  report: Report;
  arrays?: Record<string, CopiedArray>;
  complete: boolean;
  healthy: boolean;
}

export type FromWorker =
  | { kind: "progress"; control: Uint8Array }
  | { kind: "checkpoint"; bytes: Uint8Array }
  | { kind: "result"; id: number; result: Answers[keyof Answers] }
  | { kind: "error"; id: number; error: ErrorDetails }
  | { kind: "crash"; id: number; reason: string };
