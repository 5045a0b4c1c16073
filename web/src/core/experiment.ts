// The experiment file as the schema has it (native/experiment/dolab.schema.json); a test validates what the lab writes.

export type Change =
  | number
  | boolean
  | number[]
  | { value: number | boolean | number[] }
  | { column: string }
  | { shift: number }
  | { scale: number };
/** Site, argument or ARGUMENT.column -> its change. */
export type Changes = Record<string, Change>;

export interface Inference {
  method?: "svi" | "nuts" | "hmc";
  draws?: number;
  init?: "uniform" | "feasible" | "median" | "sample" | "mean" | "value";
  guide?: string;
  optimizer?: { name?: string; step_size?: number } & Record<string, unknown>;
  steps?: number;
  chains?: number;
  warmup?: number;
  target_accept?: number;
  max_depth?: number;
  metric?: "gradient" | "diag" | "dense";
  [further: string]: unknown;
}

export interface EffectSpec {
  outcome?: string;
  baseline?: string;
  intervention: string;
  by?: string;
  expected?: boolean;
}

export interface Experiment {
  dolab: 1;
  title?: string;
  question?: string;
  labels?: Record<string, { label?: string; unit?: string }>;
  layout?: Record<string, [number, number]>;
  model: {
    file?: string;
    source?: string;
    kernel?: string;
    input?: string | string[];
    output?: string | string[];
    condition?: Changes;
    do?: Changes;
  };
  data?: {
    train?: string | Record<string, unknown>;
    bind?: Record<string, string | string[]>;
    arguments?: Record<string, unknown>;
  };
  inference?: Inference;
  scenarios?: Record<string, Changes>;
  effects?: EffectSpec[];
  hdi_prob?: number;
  reproducible?: boolean;
  seed?: number;
}

/** The scenario without interventions. */
export const OBSERVED = "observed";
