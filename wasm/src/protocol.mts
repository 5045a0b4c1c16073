// What crosses between client and worker: the one place where the package knows bind/. Types only.
import type { ErrorDetails } from "./errors.mjs";
import type {
  Changes,
  CheckReport,
  DType,
  EffectList,
  FitReport,
  Language,
  OpenReport,
  PredictReport,
  RunReport,
  SiteDraws,
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
  fit: { request: DocumentRequest & { out: string }; report: FitReport };
  run: { request: { experiment: string; overrides: string[]; out: string }; report: RunReport };
  open: { request: { store: string }; report: OpenReport };
  draws: { request: { store: string; site: string }; report: NumbersReport };
  predict: { request: (DocumentRequest | (FitRequest & { do: Changes })) & { out: string }; report: PredictReport };
  effect: { request: FitRequest & { baseline: Changes; intervention: Changes }; report: EffectList };
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

/// Numbers of an array, where the module has them.
export type NumbersReport = Omit<SiteDraws, "data"> & { address: number; size: number };

/// Columns and their numbers, one column after the other.
export interface TableReport {
  rows: number;
  columns: { name: string; type: TableColumn["type"]; missing: number; levels: string[] }[];
  arguments: Table["arguments"];
  dtype: DType;
  address: number;
  size: number;
}

/// A column: one JSON value, or numbers that follow at the address that the answer names.
export type StageRequest = { name: string; value: unknown } | { name: string; dtype: DType; shape: readonly number[] };
export type StagedColumn = StageRequest & { values?: ArrayLike<number> };

export interface WrittenFile {
  path: string;
  bytes: Uint8Array;
}

/// What a command comes with: files of the job, columns, and stores that nobody has any more.
export interface Freight {
  files?: WrittenFile[];
  columns?: StagedColumn[];
  drop?: string[];
}

export type RunMessage = { [C in Command]: { command: C; request: Commands[C]["request"] } & Freight }[Command];

/// Where the files of a build are: addresses in browsers, paths in Node.
export interface Assets {
  script: string;
  wasm?: string;
  pthread?: string;
  wasmBinary?: Uint8Array;
}

export type ToWorker = { id: number } & (
  | { kind: "start"; assets: Assets; build: Build; threads: number; controlBytes: number }
  | { kind: "run"; message: RunMessage }
  | { kind: "read"; path: string }
);

/// Shared memory, and where the control block (Control in bind/engine.hpp) is in it.
export interface SharedControl {
  buffer: SharedArrayBuffer;
  address: number;
}

export interface Answers {
  start: { report: Commands["start"]["report"]; control: SharedControl | null };
  run: Answer<unknown>;
  read: { bytes: Uint8Array<ArrayBuffer> };
}

export interface Answer<Report> {
  report: Report;
  complete: boolean;
  healthy: boolean;
}

export type FromWorker =
  | { kind: "progress"; control: Uint8Array }
  | { kind: "result"; id: number; result: Answers[keyof Answers] }
  | { kind: "error"; id: number; error: ErrorDetails }
  | { kind: "crash"; id: number; reason: string };
