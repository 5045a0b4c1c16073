import { readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import type { Project } from "@/core/project";
import { fingerprint } from "@/core/project";
import { changedSince } from "@/core/changed";
import { addLoss, countWords, divergencesOf, follow, noLive, placeWords, unitOf } from "@/core/live";
import { methodOf, numberProblem, settings, settingsFor, settingValue, withSetting } from "@/core/settings";

interface Node {
  properties?: Record<string, Node>;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  enum?: string[];
  anyOf?: Node[];
}
const schema = JSON.parse(
  readFileSync(new URL("../../native/experiment/dolab.schema.json", import.meta.url), "utf8"),
) as Node;

function node(key: string): Node {
  const top = schema.properties ?? {};
  const place = key in top ? top : (top["inference"]?.properties ?? {});
  return key.split(".").reduce<Node>((at, part) => at.properties?.[part] ?? {}, {
    properties: place,
  });
}

const project: Project = {
  id: "1",
  experiment: { dolab: 1, model: { source: "" } },
  files: {},
};

describe("settings", () => {
  it.each(settings.filter(({ key }) => !["method", "init"].includes(key)))(
    "$key has the schema's default",
    (setting) => {
      expect(setting.fallback).toBe(node(setting.key).default);
    },
  );
  it("allows what the schema allows", () => {
    for (const setting of settings) {
      if (setting.kind !== "integer" && setting.kind !== "real") continue;
      const found = node(setting.key);
      const one = found.anyOf?.[0] ?? found;
      expect([setting.key, setting.min]).toEqual([setting.key, one.exclusiveMinimum ?? one.minimum]);
      expect([setting.key, setting.max]).toEqual([setting.key, one.exclusiveMaximum ?? one.maximum]);
      expect(setting.open === true).toBe(one.exclusiveMinimum !== undefined);
      expect(numberProblem(setting, setting.fallback)).toBeNull();
      expect(numberProblem(setting, NaN)).toMatch(/number/);
      expect(numberProblem(setting, setting.min - 1)).not.toBeNull();
    }
  });
  it("offers each setting once for a method", () => {
    for (const method of ["svi", "nuts", "hmc"] as const) {
      const keys = [...settingsFor(method, false), ...settingsFor(method, true)].map(({ key }) => key);
      expect(new Set(keys).size).toBe(keys.length);
    }
  });
  it("writes what it reads", () => {
    for (const setting of settings) {
      const value =
        setting.kind === "choice" ? (setting.choices.at(-1)?.value ?? "") : setting.kind === "switch" ? true : 7;
      const { experiment } = withSetting(project, setting, value);
      expect(setting.key === "method" ? methodOf(experiment) : settingValue(experiment, setting)).toBe(value);
    }
  });
  it("says when a value has no field", () => {
    const rate = settings.find(({ key }) => key === "optimizer.step_size");
    const schedule = {
      ...project.experiment,
      inference: { optimizer: { step_size: { schedule: "cosine" } } },
    };
    expect(rate && settingValue(schedule as unknown as Project["experiment"], rate)).toBeNull();
  });
});

describe("what changed", () => {
  const { experiment } = project;
  it.each([
    ["model", { ...experiment, model: { source: "x" } }],
    ["data", { ...experiment, data: { train: "b.csv" } }],
    ["settings", { ...experiment, seed: 3 }],
  ])("%s", (what, changed) => {
    expect(
      changedSince(fingerprint(project), {
        ...project,
        experiment: changed as Project["experiment"],
      }),
    ).toBe(what);
  });
});

test("samplers count iterations, warm-up included", () => {
  const at = (phase: string) => ({
    done: 10951,
    total: 84000,
    unit: unitOf(phase),
  });
  expect(placeWords(at("sample"))).toBe("iteration 10,951 of 84,000, warm-up included");
  expect(countWords(at("sample"))).toBe("10,951 of 84,000 iterations with warm-up");
  expect(placeWords(at("optimize"))).toBe("step 10,951 of 84,000");
  expect(countWords(at("optimize"))).toBe("10,951 of 84,000 steps");
});

describe("live curves", () => {
  it("stay short, in order, and keep the last point", () => {
    const live = noLive();
    for (let step = 1; step <= 10_000; step += 1) addLoss(live, step, 1 / step);
    addLoss(live, 5, 1);
    addLoss(live, 10_001, NaN);
    expect(live.steps.length).toBeLessThanOrEqual(800);
    expect(live.steps.length).toBe(live.losses.length);
    expect(live.steps.at(-1)).toBe(10_000);
    expect([...live.steps].sort((a, b) => a - b)).toEqual(live.steps);
    live.steps.forEach((step, i) => expect(live.losses[i]).toBe(1 / step));
  });
  it("take losses and chains from the engine, and what a server notes", () => {
    const live = noLive();
    const progress = {
      phase: "optimize",
      done: 10,
      total: 20,
      seconds: 1,
      rate: 10,
      eta_seconds: 1,
      note: "",
    };
    const chain = {
      iteration: 7,
      total: 9,
      warmup: 4,
      divergences: 2,
      step_size: 0.5,
    };
    follow(live, {
      ...progress,
      losses: [
        { step: 4, loss: 9 },
        { step: 8, loss: 7 },
      ],
      chains: [chain, chain],
    });
    expect([live.steps, live.losses]).toEqual([
      [4, 8],
      [9, 7],
    ]);
    expect(live.chains[1]).toEqual({
      done: 7,
      total: 9,
      warmup: 4,
      divergences: 2,
      stepSize: 0.5,
    });
    expect(divergencesOf(live, progress)).toBe(4);
    follow(live, { ...progress, note: "loss 6.5" });
    expect(live.losses).toEqual([9, 7, 6.5]);
    expect(divergencesOf(live, { ...progress, note: "3 divergences" })).toBe(3);
    expect(divergencesOf(live, progress)).toBeNull();
  });
});
