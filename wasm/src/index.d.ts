/** What-if inference: models as text, fits, predictions and effects. Reports have the JSON shapes of the command line. */

export interface EngineOptions {
  /** Worker threads, 1 to 64; default: what the machine has, up to 8. */
  threads?: number;
  /** Default `auto`: threads where memory can be shared. */
  build?: "auto" | "threads" | "single";
}

export interface EngineInfo {
  version: string;
  build: "threads" | "single";
  threads: number;
  limits: { memory_bytes: number; data_bytes: number };
}

export type Typed =
  | Float64Array | Float32Array | Int8Array | Uint8Array | Uint8ClampedArray | Int16Array | Uint16Array | Int32Array
  | Uint32Array | BigInt64Array | BigUint64Array;
/** Floating-point arrays are real, the others whole numbers. */
export type Column =
  | Typed | { data: Typed; shape: number[] } | number | boolean | string | null
  | (number | boolean | null)[] | string[] | NestedNumbers[];
export interface NestedNumbers extends Array<number | NestedNumbers> {}
/** Columns and arguments by name, or a file in any format that the command line reads. */
export type Data = Record<string, Column> | { file: string; bytes: string | Uint8Array | ArrayBuffer };

export type Change =
  | number | boolean | number[] | Typed | { value: number | boolean | number[] | Typed } | { column: string } | { shift: number }
  | { scale: number };
/** Site, argument, or ARGUMENT.column -> its change. */
export type Changes = Record<string, Change>;

export interface Progress {
  phase: string;
  done: number;
  total: number;
  seconds: number;
  rate: number;
  eta_seconds: number;
  note: string;
}

export interface CallOptions {
  /** Rejects with an AbortError. */
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
}

export interface ModelOptions {
  data?: Data;
  /** Argument -> column (a vector), or columns (a matrix). */
  bind?: Record<string, string | string[]>;
  arguments?: Record<string, unknown>;
  kernel?: string;
  input?: string | string[];
  output?: string | string[];
  condition?: Changes;
  do?: Changes;
}

/** Keys of `inference` in an experiment file, and seed, hdi_prob, reproducible. */
export interface InferenceOptions {
  method?: "svi" | "nuts" | "hmc";
  draws?: number;
  init?: "uniform" | "feasible" | "median" | "sample" | "mean" | "value";
  init_radius?: number;
  init_values?: Record<string, unknown>;
  keep?: string | string[];
  guide?: string;
  init_scale?: number;
  rank?: number;
  optimizer?: { name?: string; step_size?: number | object } & Record<string, unknown>;
  steps?: number;
  particles?: number;
  stable_update?: boolean;
  chains?: number;
  warmup?: number;
  thinning?: number;
  target_accept?: number;
  max_depth?: number;
  metric?: "gradient" | "diag" | "dense";
  trajectory_length?: number;
  seed?: number;
  hdi_prob?: number;
  reproducible?: boolean;
}

export interface Warning {
  code: string;
  message: string;
  hint: string;
  line: number | null;
  column: number | null;
}

export interface Site {
  kind: string;
  distribution: string | null;
  shape: number[];
  event_dim: number;
  plates: string[];
  observed: boolean;
  support: string | null;
}

export interface CheckReport {
  kernel: string;
  sites: Record<string, Site>;
  plates: Record<string, unknown>;
  dag: { edges: [string, string][] };
  identified: unknown[];
  warnings: Warning[];
  log_density?: { total: number; sites: Record<string, number> };
  gradient?: Record<string, unknown>;
  gradient_check?: { max_relative_error: number };
  dot?: string;
}

export interface Average {
  mean: number;
  sd: number;
  hdi_low: number;
  hdi_high: number;
  p_direction: number;
}

export interface Effect {
  outcome: string;
  baseline: string;
  intervention: string;
  ate: Average;
  rows: number;
  identified: boolean | null;
  by?: Record<string, unknown>;
}

/** The effect, and the report of the command line around it. */
export interface EffectReport extends Effect {
  hdi_prob: number;
  effects: Effect[];
  warnings: Warning[];
}

export interface Summary {
  hdi_prob: number;
  sites: Record<string, Record<string, any>>;
  sampler: Record<string, unknown>;
  warnings: Warning[];
}

export interface FitReport {
  method: string;
  complete: boolean;
  seconds: Record<string, number>;
  diagnostics: Record<string, any>;
  warnings: Warning[];
}

/** A result that comes later. */
export interface Run<T> extends Promise<T> {
  /** Asks for what there is: resolves with `complete: false`. Without shared memory it rejects with E1201. */
  stop(): void;
}

export interface SiteDraws {
  group: string;
  data: Float64Array | Uint8Array;
  /** Chains, draws, then the site's own. */
  shape: number[];
  dims: string[];
  dtype: "real" | "integer" | "boolean";
}

/** A store with draws. It lives in the engine's memory until it is disposed or forgotten. */
export interface Draws {
  readonly report: any;
  readonly complete: boolean;
  draws(site: string, options?: { signal?: AbortSignal }): Promise<SiteDraws>;
  /** The bytes of a .zarr.zip. */
  store(): Promise<Uint8Array>;
  dispose(): void;
}

export interface Prediction extends Draws {
  readonly scenario: { do: Changes; data?: Data };
}

export interface Fit extends Draws {
  readonly report: FitReport;
  readonly healthy: boolean;
  /** Without data: for the data of the fit. */
  predict(options?: { data?: Data; do?: Changes; sites?: string[]; seed?: number } & CallOptions): Run<Prediction>;
  /** Two predictions of this fit for the same data, or two scenarios; the one left out is the observed one. */
  effect(options: {
    data?: Data;
    baseline?: Changes | Prediction;
    intervention?: Changes | Prediction;
    outcome?: string;
    by?: string;
    expected?: boolean;
    hdi_prob?: number;
    seed?: number;
  } & CallOptions): Promise<EffectReport>;
  summary(options?: { hdi_prob?: number; signal?: AbortSignal }): Promise<Summary>;
}

export interface Model {
  readonly kernel: string;
  readonly parameters: { name: string; required: boolean }[];
  check(options?: ModelOptions & {
    /** Values of sites, for densities. */
    at?: Record<string, unknown>;
    gradient?: boolean;
    dot?: boolean;
    signal?: AbortSignal;
  }): Promise<CheckReport>;
  fit(options?: ModelOptions & InferenceOptions & CallOptions): Run<Fit>;
  /** Draws of the prior. */
  prior(options?: ModelOptions & InferenceOptions & CallOptions): Run<Draws>;
}

export interface RunResult extends FitReport {
  hdi_prob: number;
  effects: Effect[];
  fit: Fit;
  store(): Promise<Uint8Array>;
}

/** Calls queue; several engines run side by side. */
export interface Engine {
  readonly info: EngineInfo;
  model(source: string, options?: { kernel?: string; signal?: AbortSignal }): Promise<Model>;
  /** An experiment (the document, or its text); `files`: what its relative paths name. */
  run(
    experiment: object | string,
    options?: { files?: Record<string, string | Uint8Array | ArrayBuffer>; set?: string[] } & CallOptions,
  ): Run<RunResult>;
  /** The fit that the bytes of a .zarr.zip hold. */
  open(bytes: Uint8Array | ArrayBuffer, options?: { signal?: AbortSignal }): Promise<Fit>;
  dispose(): void;
}

export function createEngine(options?: EngineOptions): Promise<Engine>;

/** What every call rejects with, aborted ones excepted. */
export class DolabError extends Error {
  readonly code: string;
  readonly hint: string | null;
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
}
