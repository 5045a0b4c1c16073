// The core's warnings about a fit in plain words, with something to do about each.
import type { Problem } from "./engine";
import type { Project } from "./project";
import { withInference } from "./project";
import { methodOf, settings, settingValue } from "./settings";
import { number } from "../util/format";

export interface Advice {
  /** In plain words; the core's own words follow. */
  title: string;
  todo: string;
  action: { label: string; change: (project: Project) => Project } | null;
}

const numberOf = (project: Project, key: string): number => {
  const setting = settings.find((one) => one.key === key && one.kind !== "choice");
  return setting ? Number(settingValue(project.experiment, setting)) : 0;
};

const toNuts = { label: "Switch to NUTS", change: (project: Project) => withInference(project, { method: "nuts" }) };
const smallerSteps = (project: Project) => ({
  label: "Raise target accept to 0.95",
  change: (old: Project) => withInference(old, { target_accept: Math.max(numberOf(project, "target_accept"), 0.95) }),
});
const longer = {
  label: "Double warm-up and draws",
  change: (old: Project) =>
    withInference(old, { warmup: 2 * numberOf(old, "warmup"), draws: 2 * numberOf(old, "draws") }),
};
const deeper = {
  label: "Allow deeper trees",
  change: (old: Project) => withInference(old, { max_depth: Math.min(numberOf(old, "max_depth") + 2, 20) }),
};
const slower = {
  label: "Divide the learning rate by 10",
  change: (old: Project) => {
    const optimizer = old.experiment.inference?.optimizer;
    return withInference(old, { optimizer: { ...optimizer, step_size: numberOf(old, "optimizer.step_size") / 10 } });
  },
};

/** In this order; the first that fits. */
const known: { code: string; says?: RegExp; advice: (project: Project) => Advice }[] = [
  {
    code: "W506",
    advice: () => ({
      title: "SVI only approximates the posterior, and here roughly: the intervals may be too narrow or too wide.",
      todo: "Check the answer with NUTS, which does not approximate. A guide with correlations comes closer too.",
      action: toNuts,
    }),
  },
  {
    code: "W505",
    advice: () => ({
      title: "The fit broke off: the loss was no longer a number.",
      todo: "Smaller steps usually help.",
      action: slower,
    }),
  },
  {
    code: "W504",
    says: /divergent/,
    advice: (project) => ({
      title: "The sampler could not follow the posterior everywhere, so a part of it may be missing.",
      todo: "Try smaller steps. If that does not help, write scale parameters in another way (non-centred).",
      action: smallerSteps(project),
    }),
  },
  {
    code: "W504",
    says: /tree depth/,
    advice: () => ({
      title: "The sampler was cut short at many steps: slow, but not wrong.",
      todo: "Deeper trees, or rescaled parameters.",
      action: deeper,
    }),
  },
  {
    code: "W504",
    says: /E-BFMI/,
    advice: () => ({
      title: "The sampler moves too slowly between likely and unlikely regions.",
      todo: "Heavy tails or a funnel: write scale parameters in another way (non-centred).",
      action: null,
    }),
  },
  {
    code: "W504",
    says: /R-hat/,
    advice: () => ({
      title: "The chains disagree, so the results depend on where they started.",
      todo: "Run longer, and look at the trace of the named sites.",
      action: longer,
    }),
  },
  {
    code: "W504",
    says: /effective sample size/,
    advice: () => ({
      title: "There are few independent draws, so the last digits are noise.",
      todo: "Draw more.",
      action: longer,
    }),
  },
];

/** "0.787157" -> "0.79": the core's numbers with the digits that say something. */
export function roundedNumbers(message: string): string {
  return message.replace(/\d+\.\d{4,}(?![\d.])/g, (written) => number(Number(written), 2));
}

export function adviceOn({ code, message, hint }: Problem, project: Project): Advice {
  const found = known.find((one) => one.code === code && (one.says?.test(message) ?? true));
  const advice = found?.advice(project) ?? { title: message, todo: hint ?? "", action: null };
  // Advice on a sampler is of no use once another method is chosen.
  const chosen = methodOf(project.experiment);
  return advice.action === toNuts && chosen !== "svi" ? { ...advice, action: null } : advice;
}
