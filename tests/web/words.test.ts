import { describe, expect, it } from "vitest";
import type { EffectView } from "@/core/lab";
import { keyOf } from "@/core/effects";
import { difference, effectWords, sideBySide } from "@/core/effectWords";
import type { Changes, Experiment } from "@/core/experiment";
import { insteadWords, isAsObserved, scenarioWords } from "@/core/sentences";

const experiment: Experiment = {
  dolab: 1,
  model: { source: "" },
  data: { bind: { Z: "zeta", X: ["price"], V: ["first", "second"] } },
  labels: {
    z: { label: "Drug" },
    y: { label: "Recovery" },
    income: { label: "Income", unit: "EUR" },
    X: { label: "Price of the pills" },
    V: { label: "Both" },
  },
  scenarios: { factual: { z: { column: "z" } }, no_z: { z: 0 } },
  effects: [{ outcome: "y", baseline: "factual", intervention: "no_z" }],
};
const view: EffectView = {
  kind: "ready",
  report: {
    outcome: "y",
    baseline: "factual",
    intervention: "no_z",
    rows: 1000,
    identified: true,
    by: {},
    hdi_prob: 0.94,
    effects: [],
    warnings: [],
    ate: {
      mean: -0.0041,
      sd: 0.0052,
      hdi_low: -0.0137,
      hdi_high: 0.0061,
      p_direction: 0.8,
    },
  },
  draws: [-0.01, -0.004, -0.003, 0.002],
  rows: null,
  problem: null,
};

describe("scenarios in words", () => {
  it.each<[Changes, string]>([
    [{ z: 0 }, "setting Drug to 0"],
    [{ z: { value: true } }, "setting Drug to true"],
    [{ z: { column: "z" } }, "leaving Drug as observed"],
    [{ z: { column: "w" } }, "setting Drug to the column w"],
    [{ "X.income": { shift: -100 } }, "lowering Income by 100 EUR"],
    [{ "X.income": { scale: 1.1 }, z: 1 }, "multiplying Income by 1.1 and setting Drug to 1"],
    [{ "X.price": { scale: 2 } }, "multiplying Price of the pills by 2"],
    [{ "V.first": 1 }, "setting V.first to 1"],
    [{}, "changing nothing"],
  ])("%j", (changes, words) => {
    expect(scenarioWords(experiment, changes)).toBe(words);
  });
  it("name the other value only if both sides set one", () => {
    expect(insteadWords({ z: 1 }, { z: 0 })).toBe(" instead of 1");
    expect(insteadWords({ z: { column: "z" } }, { z: 0 })).toBe("");
    expect(insteadWords({}, { z: 0 })).toBe("");
  });
  it("know a column that is the site's own", () => {
    expect(isAsObserved(experiment, { Z: { column: "zeta" } })).toBe(true);
    expect(isAsObserved(experiment, { Z: { column: "other" } })).toBe(false);
  });
});

describe("effects in words", () => {
  it("says probabilities in percentage points, and the direction from the draws", () => {
    const words = effectWords({ id: "", experiment, files: {} }, 0, view, "boolean");
    expect(`${words?.action}${words?.verb}${words?.amount}`).toBe(
      "Setting Drug to 0 changes the probability of Recovery by −0.41 percentage points",
    );
    expect(words?.sure).toBe("94\u00a0% of the plausible values lie between −1.37 and 0.61 percentage points (HDI).");
    expect(words?.direction).toBe(
      "Probability of direction: 75\u00a0% negative. So an effect of either sign, or none, is plausible.",
    );
    expect(words?.against).toBe("Compared with the data as observed.");
  });
  it("keeps the units of other outcomes", () => {
    const words = effectWords({ id: "", experiment, files: {} }, 0, { ...view, draws: [] }, "real");
    expect(words?.amount).toBe("−0.0041");
    expect(words?.direction).toBe(
      "Probability of direction: 80\u00a0% negative. So an effect of either sign, or none, is plausible.",
    );
  });
  it("tells draws of exactly no effect from those of either direction", () => {
    const draws = [...Array<number>(44).fill(0.001), ...Array<number>(35).fill(-0.001), ...Array<number>(21).fill(0)];
    const words = effectWords({ id: "", experiment, files: {} }, 0, { ...view, draws }, "boolean");
    expect(words?.direction).toBe(
      "Probability of direction: 44\u00a0% positive, 35\u00a0% negative, 21\u00a0% exactly zero. So an effect of either sign, or none, is plausible.",
    );
  });
  it("contrasts scenarios draw by draw", () => {
    expect(difference([3, 5], [1, 2])).toMatchObject({ mean: 2.5 });
    expect(difference([3, 5], [])).toMatchObject({ mean: 4 });
    expect(difference([3, 5], [1])).toBeNull();
  });
});

describe("scenarios side by side", () => {
  const letters = (views: EffectView[]) => sideBySide(views).map(({ letter }) => letter);
  const other = (change: object): EffectView => ({
    ...view,
    report: { ...view.report, ...change } as never,
  });
  it("are those that answer what is asked now, by their own letters", () => {
    expect(letters([view, { ...view, kind: "waiting" }, { ...view, kind: "updating" }])).toEqual(["A", "C"]);
    expect(letters([view, { ...view, kind: "failed" }, { ...view, draws: [] }])).toEqual(["A"]);
  });
  it("are none if their outcomes or baselines differ", () => {
    expect(letters([view, other({ outcome: "x" })])).toEqual([]);
    expect(letters([view, other({ baseline: "observed" })])).toEqual([]);
  });
  it("are told apart by what they ask, not by names of another day", () => {
    let days = 0;
    const asked = (baseline: number): EffectView => ({
      ...other({ baseline: `day ${(days += 1)}` }),
      key: keyOf({ baseline: { z: baseline }, intervention: { z: 0 } }),
    });
    expect(letters([asked(1), asked(1)])).toEqual(["A", "B"]);
    expect(letters([asked(1), asked(2)])).toEqual([]);
  });
});
