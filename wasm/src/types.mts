// Every public type in one file, longer than others: the reference of the package. Reports have the JSON shapes of the command
// line.

export interface EngineOptions {
  /** Worker threads, 1 to 64; default: what the machine has, up to 8. */
  threads?: number;
  /** Default `auto`: threads where memory can be shared. */
  build?: "auto" | "threads" | "single";
  /** How long an engine may take to start; default 60. */
  startSeconds?: number;
}

export interface EngineInfo {
  version: string;
  build: "threads" | "single";
  threads: number;
  limits: { memory_bytes: number; data_bytes: number };
}

export type Typed =
  | Float64Array
  | Float32Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;
/** Floating-point arrays are real, the others whole numbers. */
export type Column =
  | Typed
  | { data: Typed; shape: readonly number[] }
  | number
  | boolean
  | string
  | null
  | (number | boolean | null)[]
  | string[]
  | NestedNumbers[];
export interface NestedNumbers extends Array<number | NestedNumbers> {}
/** Columns and arguments by name, or a file in any format that the command line reads. */
export type Data = Record<string, Column> | DataFile;

/** `file`: a name, whose ending says the format. */
export interface DataFile {
  file: string;
  bytes: string | Bytes | KeptFile;
}

/** Bytes that an engine's worker gets when a call first needs them, and then has. */
export interface KeptFile {
  readonly size: number;
  /** The worker lets go of them; another call that needs them sends them again. */
  dispose(): void;
}

export type Bytes = Uint8Array | ArrayBuffer;

export type Change =
  | number
  | boolean
  | number[]
  | Typed
  | { value: number | boolean | number[] | Typed }
  | { column: string }
  | { shift: number }
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
  /** Of SVI, since the last report: mean losses and the steps that they were reached at. About 1,000 in a run. */
  losses: { step: number; loss: number }[];
  /** Of NUTS and HMC, the first 16. */
  chains: ChainProgress[];
}

export interface ChainProgress {
  /** Draws done, warm-up included, of `total`. */
  iteration: number;
  total: number;
  warmup: number;
  divergences: number;
  step_size: number;
}

export interface CallOptions {
  /** Rejects with an AbortError. */
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
}

export interface CheckpointOptions {
  /** Takes bytes from which `resume` goes on, about every `checkpointSeconds` (default 30). */
  onCheckpoint?: ((bytes: Uint8Array) => void) | undefined;
  checkpointSeconds?: number;
  /** A checkpoint of the same model, data and settings, from here or from the command line. Another is E1009. */
  resume?: Bytes | undefined;
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

export interface Plate {
  size: number;
  subsample_size: number;
  dim: number;
}

export interface Verdict {
  treatment: string;
  outcome: string;
  /** null: not decided. */
  identified: boolean | null;
  reason: string | null;
}

/** A number, or nested lists in the shape of a site. A number that is not finite is null. */
export type Values = number | null | Values[];

/** What a data array among the arguments does. */
export interface ArgumentUse {
  /** Sites whose distribution or expression reads it. */
  feeds: string[];
  /** Sites that it gives values. */
  observes: string[];
}

export interface CheckReport {
  kernel: string;
  sites: Record<string, Site>;
  plates: Record<string, Plate>;
  dag: { edges: [string, string][] };
  arguments: Record<string, ArgumentUse>;
  /** For each site that rows could be treated by, and each observed outcome below it. */
  identified: Verdict[];
  warnings: Warning[];
  log_density?: { total: number | null; sites: Record<string, number | null> };
  gradient?: Record<string, Values>;
  gradient_check?: { max_relative_error: number | null };
  dot?: string;
}

export interface Average {
  mean: number | null;
  sd: number | null;
  hdi_low: number | null;
  hdi_high: number | null;
  p_direction: number | null;
}

export interface Effect {
  outcome: string;
  baseline: string;
  intervention: string;
  ate: Average;
  rows: number;
  identified: boolean | null;
  /** Label of a group of rows -> its average. */
  by: Record<string, Average & { rows: number }>;
}

/** The report of `dolab effect`. */
export interface EffectList {
  hdi_prob: number;
  effects: Effect[];
  warnings: Warning[];
}

/** The effect, and the report around it. */
export type EffectReport = Effect &
  EffectList & {
    /** Of the average: chains, draws. */
    draws: Numbers;
    /** By row, if `by_row` was asked for. */
    by_row?: RowEffects;
  };

/** In the shape of one outcome. The intervals are left out where they would need too much memory. */
export interface RowEffects {
  mean: Numbers;
  sd: Numbers;
  p_direction: Numbers;
  hdi_low?: Numbers;
  hdi_high?: Numbers;
}

/** Row-major. */
export interface Numbers {
  data: Float64Array;
  shape: number[];
}

export interface SiteSummary {
  shape: number[];
  mean: Values;
  sd: Values;
  hdi_low: Values;
  hdi_high: Values;
  mcse_mean: Values;
  ess_bulk: Values;
  ess_tail: Values;
  r_hat: Values;
}

export interface Summary {
  hdi_prob: number;
  sites: Record<string, SiteSummary>;
  /** Empty for draws of the prior. */
  sampler: SviDiagnostics | SamplerStatistics | Record<string, never>;
  warnings: Warning[];
}

export interface SviDiagnostics {
  steps: number;
  draws: number;
  final_loss: number | null;
  relative_change: number | null;
  elbo: number | null;
  elbo_se: number | null;
  pareto_k: number | null;
}

/** Lists are by chain. */
export interface SamplerStatistics {
  divergences: number;
  leapfrogs: number;
  step_size: (number | null)[];
  e_bfmi: (number | null)[];
  /** Transitions that reached the largest tree. */
  saturated: number;
}

export interface ChainDiagnostics extends SamplerStatistics {
  chains: number;
  draws: number;
  r_hat_max: number | null;
  ess_bulk_min: number | null;
  ess_tail_min: number | null;
}

export type FitReport = {
  complete: boolean;
  /** By phase, and `total`. */
  seconds: Record<string, number>;
  warnings: Warning[];
} & ({ method: "svi"; diagnostics: SviDiagnostics } | { method: "nuts" | "hmc"; diagnostics: ChainDiagnostics });

/** The report of `dolab run`. */
export type RunReport = FitReport & EffectList;

export type OpenReport = FitReport & {
  kernel: string;
  sites: string[];
  observed: string[];
  seed: number;
  /** What it was made with, the model's text inside. `data.train` may name a file; `data()` has what was in it. */
  experiment: Record<string, unknown>;
};

export interface PredictReport {
  groups: string[];
  sites: string[];
  chains: number;
  draws: number;
  complete: boolean;
  seconds: Record<string, number>;
  warnings: Warning[];
}

export type DType = "real" | "integer" | "boolean";

/** A result that comes later. */
export interface Run<T> extends Promise<T> {
  /** Asks for what there is: resolves with `complete: false`, or rejects with E1201 if there is nothing yet. */
  stop(): void;
}

export interface SiteDraws {
  group: string;
  data: Float64Array | Uint8Array;
  /** Chains, draws, then the site's own. */
  shape: number[];
  dims: string[];
  dtype: DType;
}

/** A store with draws. It lives in the engine's memory until it is disposed or forgotten. */
export interface Draws {
  readonly complete: boolean;
  /** Of a site; or what the sampler tells of each draw (`diverging`, `tree_depth` …), or the `losses` of a guide's steps. */
  draws(site: string, options?: { signal?: AbortSignal }): Promise<SiteDraws>;
  /** The bytes of a .zarr.zip. */
  store(): Promise<Uint8Array>;
  dispose(): void;
}

export interface Prior extends Draws {
  readonly report: PredictReport;
}

export interface Prediction extends Draws {
  readonly report: PredictReport;
  readonly scenario: { do: Changes; data?: Data | undefined };
}

export interface PredictOptions {
  data?: Data | undefined;
  do?: Changes;
  sites?: string[];
  seed?: number;
}

export interface EffectOptions {
  data?: Data | undefined;
  baseline?: Changes | Prediction;
  intervention?: Changes | Prediction;
  outcome?: string;
  /** Column whose values, or ranges of them, group the rows. */
  by?: string;
  /** Contrasts means instead of simulated outcomes. */
  expected?: boolean;
  /** Summarises each row too. */
  by_row?: boolean;
  hdi_prob?: number;
  seed?: number;
}

/** Without an experiment: the store as it is. */
export interface SaveOptions {
  /** The store is what `dolab run` writes for it: with its effects, scenarios and title. Model, data and inference stay
   * those of the fit. */
  experiment?: object | undefined;
  /** For effects that name columns beyond those of the fit. */
  data?: Data | undefined;
}

export interface Fit extends Draws {
  readonly report: FitReport;
  store(options?: SaveOptions & CallOptions): Promise<Uint8Array>;
  /** No diagnostic failed. */
  readonly healthy: boolean;
  /** Without data: for the data of the fit. */
  predict(options?: PredictOptions & CallOptions): Run<Prediction>;
  /** Two predictions of this fit for the same data, or two scenarios; the one left out is the observed one. */
  effect(options: EffectOptions & CallOptions): Promise<EffectReport>;
  summary(options?: { hdi_prob?: number; signal?: AbortSignal }): Promise<Summary>;
  /** The data that it was fitted to, as far as the store keeps them: the columns that the model used. */
  data(options?: { signal?: AbortSignal }): Promise<DataFile | null>;
}

export interface Model {
  readonly kernel: string;
  readonly parameters: { name: string; required: boolean }[];
  check(options?: CheckOptions): Promise<CheckReport>;
  fit(options?: FitOptions & CheckpointOptions & CallOptions): Run<Fit>;
  /** Draws of the prior. */
  prior(options?: FitOptions & CallOptions): Run<Prior>;
}

/** A fit that came as the bytes of a store. */
export interface OpenedFit extends Fit {
  readonly report: OpenReport;
}

export type FitOptions = ModelOptions & InferenceOptions;

export interface CheckOptions extends ModelOptions {
  /** Values of sites, for densities. */
  at?: Record<string, unknown>;
  gradient?: boolean;
  dot?: boolean;
  signal?: AbortSignal | undefined;
}

export interface RunOptions extends CallOptions, CheckpointOptions {
  files?: Record<string, string | Bytes | KeptFile>;
  /** Changes of the document: "inference.steps=500". */
  set?: string[];
}

export type RunResult = RunReport & {
  fit: Fit;
  store(): Promise<Uint8Array>;
};

export interface TableColumn {
  name: string;
  type: "real" | "integer" | "boolean" | "category";
  /** Cells without a value; their number is NaN. */
  missing: number;
  /** Numbers, 0 and 1, or positions in `levels`. */
  values: Float64Array;
  /** Texts of a category, sorted. */
  levels: string[];
}

/** What a data file holds: rows, or arguments by name. */
export interface Table {
  rows: number;
  columns: TableColumn[];
  /** `value` of what has no shape. */
  arguments: { name: string; shape: number[]; value: number | boolean | string | null }[];
}

/** A name of a module of the modelling language. */
export interface LanguageName {
  name: string;
  kind: "function" | "distribution" | "value" | "module";
  /** "loc=0, scale=1"; null for what is not called. */
  signature: string | null;
}

export interface LanguageModule {
  path: string;
  /** How messages spell it: "jnp". */
  alias: string;
  names: LanguageName[];
}

/** What may be written in a model. */
export interface Language {
  modules: LanguageModule[];
  builtins: string[];
}

/** What an engine holds in its worker, in bytes. The heap grows when it must and never shrinks. */
export interface EngineMemory {
  heap_bytes: number;
  /** Results that nobody has disposed, or let go. */
  stores: number;
  store_bytes: number;
  /** Of kept files. */
  file_bytes: number;
}

/** Calls queue; several engines run side by side. */
export interface Engine {
  readonly info: EngineInfo;
  /** What a data file holds, in any format that the command line reads. */
  table(data: DataFile, options?: { signal?: AbortSignal }): Promise<Table>;
  /** For a file that several calls read. The bytes must stay as they are. */
  keep(bytes: Bytes): KeptFile;
  memory(): Promise<EngineMemory>;
  /** For editors: every name that a model may use. */
  language(): Promise<Language>;
  model(source: string, options?: { kernel?: string; signal?: AbortSignal }): Promise<Model>;
  /** An experiment (the document, or its text); `files`: what its relative paths name. */
  run(experiment: object | string, options?: RunOptions): Run<RunResult>;
  /** The fit that the bytes of a .zarr.zip hold. */
  open(bytes: Bytes, options?: { signal?: AbortSignal }): Promise<OpenedFit>;
  dispose(): void;
}
