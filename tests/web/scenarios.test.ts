import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromCurve, interpolate, keyOf, requestOf } from "@/core/effects";
import type { Project } from "@/core/project";
import { changesOf, withChange } from "@/core/project";
import {
  baselinesOf,
  withBaseline,
  withIntervention,
  withOutcome,
  withoutChanges,
  withScenarioName,
} from "@/core/scenarios";
import type { StoredCurve } from "@/core/stored";
import { changeOf, describeChange, kindOf, numberOf } from "@/core/targets";
import { atStep, isBeyond, rangeOf, roundStep, sliderEnds, sorted } from "@/util/range";

const project: Project = {
  id: "p",
  experiment: {
    dolab: 1,
    model: { source: "" },
    scenarios: { factual: { z: { column: "z" } }, no_z: { z: 0 } },
    effects: [{ outcome: "y", baseline: "factual", intervention: "no_z" }],
  },
  files: {},
};

describe("scenarios", () => {
  it("are renamed wherever they are named", () => {
    const renamed = withScenarioName(project, "factual", " as seen ");
    expect(renamed?.experiment.scenarios).toEqual({
      "as seen": { z: { column: "z" } },
      no_z: { z: 0 },
    });
    expect(renamed?.experiment.effects?.[0]).toEqual({
      outcome: "y",
      baseline: "as seen",
      intervention: "no_z",
    });
    expect(withScenarioName(project, "no_z", "factual")).toBeNull();
    expect(withScenarioName(project, "no_z", "observed")).toBeNull();
    expect(withScenarioName(project, "no_z", " ")).toBeNull();
  });

  it("keep what they ask when they are renamed", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 20 }), (name) => {
        const renamed = withScenarioName(project, "no_z", name);
        fc.pre(renamed !== null);
        const back = renamed && withScenarioName(renamed, name.trim(), "no_z");
        expect(keyOf(requestOf((renamed ?? project).experiment, 0))).toBe(keyOf(requestOf(project.experiment, 0)));
        expect(back?.experiment).toEqual(project.experiment);
      }),
    );
  });

  it("begin with the first intervention", () => {
    const { effects: _e, scenarios: _s, ...experiment } = project.experiment;
    const first = withIntervention({ ...project, experiment }, 0, "z", 1, "y");
    expect(first.experiment.effects).toEqual([{ outcome: "y", baseline: "observed", intervention: "scenario 1" }]);
    expect(changesOf(first, "scenario 1")).toEqual({ z: 1 });
    const second = withIntervention(first, 0, "c", { shift: 2 }, "y");
    expect(changesOf(second, "scenario 1")).toEqual({ z: 1, c: { shift: 2 } });
    expect(changesOf(withoutChanges(second, "scenario 1"), "scenario 1")).toEqual({});
    expect(baselinesOf(second)).toEqual(["observed", "scenario 1"]);
  });

  it("share one outcome, and have a baseline each", () => {
    expect(withOutcome(project, "c").experiment.effects?.[0]?.outcome).toBe("c");
    expect(withBaseline(project, 0, "observed").experiment.effects?.[0]?.baseline).toBe("observed");
  });
});

describe("changes", () => {
  it("have a kind and a number", () => {
    expect([0, true, { value: 2 }, { column: "a" }, { shift: -1 }, { scale: 2 }].map(kindOf)).toEqual([
      "value",
      "value",
      "value",
      "column",
      "shift",
      "scale",
    ]);
    expect([true, { value: 2 }, { shift: -1 }].map(numberOf)).toEqual([1, 2, -1]);
    expect(numberOf([1, 2])).toBeNaN();
    expect(describeChange({ shift: -1 }, String)).toBe("lowered by 1");
    expect(describeChange(0.5, String)).toBe("set to 0.5");
  });

  it("start inside the data", () => {
    const range = rangeOf(sorted([0, 1, 2, 3, 4]));
    expect(changeOf("value", range, null)).toBe(2);
    expect(changeOf("column", range, "z")).toEqual({ column: "z" });
  });
});

describe("ranges", () => {
  it("have round steps, and ends on steps around the data", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e4, max: 1e4, noNaN: true }), {
          minLength: 2,
        }),
        (values) => {
          const range = rangeOf(sorted(values));
          fc.pre(range !== null && range.high - range.low > 1e-6);
          if (!range) return;
          const { min, max } = sliderEnds(range);
          expect(min).toBeLessThanOrEqual(range.low + 1e-9);
          expect(max).toBeGreaterThanOrEqual(range.high - 1e-9);
          expect(isBeyond(min, range) || isBeyond(max, range)).toBe(false);
          expect(["1", "2", "5"]).toContain(range.step.toExponential().charAt(0));
        },
      ),
    );
    expect(roundStep(0.043)).toBe(0.02);
    expect(atStep(-0.5, 0.02)).toBe("−0.50");
    expect(rangeOf(sorted([0, 1, 1]))?.binary).toBe(true);
    expect(rangeOf(sorted(["a"]))).toBeNull();
  });
});

const average = (mean: number) => ({
  mean,
  sd: 1,
  hdi_low: mean - 2,
  hdi_high: mean + 2,
  p_direction: 0.5,
});
const curve: StoredCurve = {
  site: "z",
  outcome: "y",
  baseline: "factual",
  values: [0, 1, 3],
  effects: [0, 10, 20].map((mean) => ({
    ate: average(mean),
    draws: [mean, mean + 1],
  })),
};

describe("a stored curve", () => {
  const ask = (change: Partial<ReturnType<typeof requestOf>>) =>
    fromCurve(curve, { z: { column: "z" } }, { ...requestOf(project.experiment, 0), ...change });

  it("answers at its values and between them", () => {
    expect(interpolate(curve, 1)?.ate.mean).toBe(10);
    expect(interpolate(curve, 2)).toEqual({
      ate: average(15),
      draws: [15, 16],
    });
    expect(interpolate(curve, 0)?.ate.mean).toBe(0);
    expect(interpolate(curve, 3)?.draws).toEqual([20, 21]);
    expect(interpolate(curve, 3.01)).toBeNull();
    expect(interpolate(curve, NaN)).toBeNull();
  });

  it("rises wherever its values do", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 3, noNaN: true }), fc.double({ min: 0, max: 3, noNaN: true }), (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        expect(interpolate(curve, low)?.ate.mean ?? NaN).toBeLessThanOrEqual(interpolate(curve, high)?.ate.mean ?? NaN);
      }),
    );
  });

  it("answers only what it was made for", () => {
    expect(ask({ intervention: { z: 2 } })?.report?.ate.mean).toBe(15);
    expect(ask({ intervention: { z: { value: 2 } } })?.kind).toBe("ready");
    expect(ask({ intervention: { z: { shift: 1 } } })).toBeNull();
    expect(ask({ intervention: { z: 1, c: 0 } })).toBeNull();
    expect(ask({ intervention: { c: 1 } })).toBeNull();
    expect(ask({ outcome: "c" })).toBeNull();
    expect(ask({ baseline: {} })).toBeNull();
    expect(ask({ expected: true })).toBeNull();
  });

  it("has keys that do not depend on the order of changes", () => {
    const request = requestOf(withChange(project, "no_z", "c", 1).experiment, 0);
    expect(keyOf({ ...request, intervention: { z: 0, c: 1 } })).toBe(
      keyOf({ ...request, intervention: { c: 1, z: 0 } }),
    );
  });
});
