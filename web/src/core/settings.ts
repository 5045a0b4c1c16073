// Settings of a fit: what the run bar offers. Defaults and limits are those of the schema; a test compares them.
import type { Experiment } from "./experiment";
import type { Project } from "./project";
import { withInference, withSeed } from "./project";

export type Method = "svi" | "nuts" | "hmc";

interface Common {
  key: string;
  label: string;
  /** What it means, in words. */
  about: string;
  methods: Method[];
  advanced: boolean;
}
export interface NumberSetting extends Common {
  kind: "integer" | "real";
  fallback: number;
  min: number;
  max?: number;
  /** The limits themselves are not allowed. */
  open?: boolean;
}
export interface ChoiceSetting extends Common {
  kind: "choice";
  fallback: string;
  choices: { value: string; label: string }[];
}
export interface SwitchSetting extends Common {
  kind: "switch";
  fallback: boolean;
}
export type Setting = NumberSetting | ChoiceSetting | SwitchSetting;
export type SettingValue = number | string | boolean;

const plain = (values: string[]) => values.map((value) => ({ value, label: value }));
const svi: Method[] = ["svi"];
const chains: Method[] = ["nuts", "hmc"];
const all: Method[] = ["svi", "nuts", "hmc"];

export const settings: Setting[] = [
  {
    key: "steps",
    label: "Steps",
    about: "Steps of the optimiser",
    kind: "integer",
    methods: svi,
    advanced: false,
    fallback: 10_000,
    min: 1,
    max: 1e12,
  },
  {
    key: "optimizer.step_size",
    label: "Learning rate",
    about: "Size of a step",
    kind: "real",
    methods: svi,
    advanced: false,
    fallback: 0.001,
    min: 0,
    open: true,
  },
  {
    key: "guide",
    label: "Guide",
    about: "Family of distributions that approximates the posterior",
    kind: "choice",
    methods: svi,
    advanced: false,
    fallback: "AutoNormal",
    choices: [
      { value: "AutoNormal", label: "AutoNormal: independent" },
      { value: "AutoMultivariateNormal", label: "AutoMultivariateNormal: correlated" },
      { value: "AutoLowRankMultivariateNormal", label: "AutoLowRankMultivariateNormal" },
      { value: "AutoDiagonalNormal", label: "AutoDiagonalNormal" },
      { value: "AutoDelta", label: "AutoDelta: a point only" },
    ],
  },
  {
    key: "chains",
    label: "Chains",
    about: "Independent chains, whose agreement is checked",
    kind: "integer",
    methods: chains,
    advanced: false,
    fallback: 4,
    min: 1,
    max: 65536,
  },
  {
    key: "warmup",
    label: "Warm-up",
    about: "Draws of each chain that only adapt the sampler",
    kind: "integer",
    methods: chains,
    advanced: false,
    fallback: 1000,
    min: 0,
    max: 1e9,
  },
  {
    key: "draws",
    label: "Draws",
    about: "Draws kept of each chain",
    kind: "integer",
    methods: chains,
    advanced: false,
    fallback: 1000,
    min: 1,
    max: 1e9,
  },
  {
    key: "target_accept",
    label: "Target accept",
    about: "Higher means smaller, more careful steps",
    kind: "real",
    methods: chains,
    advanced: false,
    fallback: 0.8,
    min: 0,
    max: 1,
    open: true,
  },
  {
    key: "seed",
    label: "Seed",
    about: "The same seed gives the same numbers",
    kind: "integer",
    methods: all,
    advanced: false,
    fallback: 0,
    min: 0,
  },
  {
    key: "method",
    label: "Sampler",
    about: "NUTS chooses the length of its trajectories, HMC keeps it fixed",
    kind: "choice",
    methods: chains,
    advanced: true,
    fallback: "nuts",
    choices: [
      { value: "nuts", label: "NUTS" },
      { value: "hmc", label: "HMC" },
    ],
  },
  {
    key: "trajectory_length",
    label: "Trajectory length",
    about: "Of one transition of HMC",
    kind: "real",
    methods: ["hmc"],
    advanced: true,
    fallback: 6.283185307179586,
    min: 0,
    open: true,
  },
  {
    key: "metric",
    label: "Metric",
    about: "How the sampler scales the parameters",
    kind: "choice",
    methods: chains,
    advanced: true,
    fallback: "gradient",
    choices: [
      { value: "gradient", label: "diagonal, from gradients" },
      { value: "diag", label: "diagonal, from draws" },
      { value: "dense", label: "dense" },
    ],
  },
  {
    key: "max_depth",
    label: "Tree depth",
    about: "Largest depth of the trees of NUTS",
    kind: "integer",
    methods: ["nuts"],
    advanced: true,
    fallback: 10,
    min: 1,
    max: 20,
  },
  {
    key: "thinning",
    label: "Thinning",
    about: "Keep every n-th draw",
    kind: "integer",
    methods: chains,
    advanced: true,
    fallback: 1,
    min: 1,
    max: 1e6,
  },
  {
    key: "draws",
    label: "Draws",
    about: "Draws taken from the fitted guide",
    kind: "integer",
    methods: svi,
    advanced: true,
    fallback: 1000,
    min: 1,
    max: 1e9,
  },
  {
    key: "optimizer.name",
    label: "Optimiser",
    about: "How the steps are made",
    kind: "choice",
    methods: svi,
    advanced: true,
    fallback: "Adam",
    choices: plain(["Adam", "ClippedAdam", "adamw", "SGD", "Momentum", "RMSProp", "RMSPropMomentum", "Adagrad"]),
  },
  {
    key: "particles",
    label: "Particles",
    about: "Draws per step that estimate the loss",
    kind: "integer",
    methods: svi,
    advanced: true,
    fallback: 1,
    min: 1,
    max: 65536,
  },
  {
    key: "init_scale",
    label: "First spread",
    about: "Standard deviation at which the guide starts",
    kind: "real",
    methods: svi,
    advanced: true,
    fallback: 0.1,
    min: 0,
    open: true,
  },
  {
    key: "stable_update",
    label: "Skip steps whose loss is not finite",
    about: "For models whose loss breaks now and then",
    kind: "switch",
    methods: svi,
    advanced: true,
    fallback: false,
  },
  {
    key: "init",
    label: "Start at",
    about: "Where the fit starts",
    kind: "choice",
    methods: all,
    advanced: true,
    fallback: "",
    choices: [{ value: "", label: "the method's own" }, ...plain(["uniform", "feasible", "median", "sample", "mean"])],
  },
  {
    key: "hdi_prob",
    label: "Interval",
    about: "Share of the draws that an interval holds",
    kind: "real",
    methods: all,
    advanced: true,
    fallback: 0.94,
    min: 0,
    max: 1,
    open: true,
  },
  {
    key: "reproducible",
    label: "The same bits on every machine",
    about: "Strict arithmetic, a little slower",
    kind: "switch",
    methods: all,
    advanced: true,
    fallback: false,
  },
];

export function methodOf({ inference }: Experiment): Method {
  return inference?.method ?? "svi";
}

export function settingsFor(method: Method, advanced: boolean): Setting[] {
  return settings.filter((setting) => setting.advanced === advanced && setting.methods.includes(method));
}

const ofProject = ["seed", "hdi_prob", "reproducible"] as const;
const isOfProject = (key: string): key is (typeof ofProject)[number] => (ofProject as readonly string[]).includes(key);

/** Null: a value that the run bar has no field for, such as a schedule of step sizes. */
export function settingValue(experiment: Experiment, { key, fallback }: Setting): SettingValue | null {
  const [first = "", second] = key.split(".");
  let value: unknown = isOfProject(first) ? experiment[first] : experiment.inference?.[first];
  if (second !== undefined) value = (value as Record<string, unknown> | undefined)?.[second];
  if (value === undefined) return fallback;
  return typeof value === typeof fallback ? (value as SettingValue) : null;
}

/** What is wrong with a number, in words; null if it is fine. */
export function numberProblem({ kind, min, max, open, label }: NumberSetting, value: number): string | null {
  if (!Number.isFinite(value)) return `${label} is a number`;
  if (kind === "integer" && !Number.isInteger(value)) return `${label} is a whole number`;
  if (open ? value <= min : value < min) return `${label} is ${open ? "above" : "at least"} ${min}`;
  if (max !== undefined && (open ? value >= max : value > max))
    return `${label} is ${open ? "below" : "at most"} ${max}`;
  return null;
}

export function withSetting(project: Project, { key, fallback }: Setting, value: SettingValue): Project {
  if (key === "seed") return withSeed(project, Number(value));
  if (isOfProject(key)) return { ...project, experiment: { ...project.experiment, [key]: value } };
  const [first = "", second] = key.split(".");
  if (second !== undefined) {
    const optimizer = { ...project.experiment.inference?.optimizer, [second]: value };
    return withInference(project, { optimizer });
  }
  if (value === "" && fallback === "") {
    const { [first]: _, ...inference } = project.experiment.inference ?? {};
    return { ...project, experiment: { ...project.experiment, inference } };
  }
  return withInference(project, { [first]: value });
}
