import type { Fit, Summary } from "dolab";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startEffects } from "@/core/actions/effects";
import { edit } from "@/core/actions/edit";
import type { Changes } from "@/core/experiment";
import type { Result } from "@/core/lab";
import { activeEffect, fitLoss, project, result, run } from "@/core/lab";
import { withChange, withNewScenario } from "@/core/project";

interface Ask {
  intervention: Changes;
  hdi_prob?: number;
  answer: (mean: number) => Promise<void>;
  fail: (code: string) => Promise<void>;
}

/** A fit that answers when the test says so. */
function fakeFit(): { fit: Fit; asked: Ask[] } {
  const asked: Ask[] = [];
  const settle = () => new Promise<void>((done) => setTimeout(done, 0));
  const effect = (request: { intervention: Changes; hdi_prob?: number }) =>
    new Promise((resolve, reject) => {
      const numbers = (value: number) => ({
        data: Float64Array.of(value),
        shape: [1],
      });
      asked.push({
        ...request,
        answer: (mean) => {
          resolve({
            outcome: "y",
            ate: { mean },
            rows: 1,
            draws: numbers(mean),
            warnings: [],
          });
          return settle();
        },
        fail: (code) => {
          reject({ code, message: "no", hint: null });
          return settle();
        },
      });
    });
  return { fit: { effect } as unknown as Fit, asked };
}

const average = (mean: number) => ({
  mean,
  sd: 1,
  hdi_low: mean,
  hdi_high: mean,
  p_direction: 1,
});
const base: Result = {
  made: "",
  origin: "page",
  supports: null,
  fingerprint: "",
  complete: true,
  method: "svi",
  seconds: 1,
  summary: null,
  warnings: [],
  diagnostics: null,
  fit: null,
  effects: [],
  curve: null,
  losses: null,
};
const setZ = (value: number) => edit((edited) => withChange(edited, "no_z", "z", value));
const shown = (index = 0) => result.value?.effects[index];

describe("effects follow the scenarios", () => {
  let stop: () => void;
  beforeEach(() => {
    result.value = null;
    run.value = { kind: "idle" };
    activeEffect.value = 0;
    project.value = {
      id: "p",
      experiment: {
        dolab: 1,
        model: { source: "" },
        scenarios: { no_z: { z: 0 } },
        effects: [{ outcome: "y", baseline: "observed", intervention: "no_z" }],
      },
      files: {},
    };
    stop = startEffects();
  });
  afterEach(() => stop());

  it("asks for intervals of the probability that the run was made with", async () => {
    const { fit, asked } = fakeFit();
    result.value = {
      ...base,
      fit,
      summary: { hdi_prob: 0.8, sites: {} } as unknown as Summary,
    };
    expect(asked[0]?.hdi_prob).toBe(0.8);
    await asked[0]?.answer(1);
  });

  it("asks the fit, one question at a time, and the latest wins", async () => {
    const { fit, asked } = fakeFit();
    result.value = { ...base, fit };
    expect(shown()?.kind).toBe("updating");
    for (const value of [1, 2, 3]) setZ(value);
    expect(asked.map(({ intervention }) => intervention)).toEqual([{ z: 0 }]);
    await asked[0]?.answer(10);
    // The answer to an older question stands in, dimmed.
    expect(shown()).toMatchObject({
      kind: "updating",
      report: { ate: { mean: 10 } },
    });
    expect(asked[1]?.intervention).toEqual({ z: 3 });
    await asked[1]?.answer(13);
    expect(shown()).toMatchObject({
      kind: "ready",
      report: { ate: { mean: 13 }, intervention: "no_z" },
    });
    expect(Array.from(shown()?.draws ?? [])).toEqual([13]);
    expect(asked.length).toBe(2);
  });

  it("remembers answers", async () => {
    const { fit, asked } = fakeFit();
    result.value = { ...base, fit };
    await asked[0]?.answer(10);
    setZ(1);
    await asked[1]?.answer(11);
    setZ(0);
    expect(shown()).toMatchObject({
      kind: "ready",
      report: { ate: { mean: 10 } },
    });
    expect(asked.length).toBe(2);
  });

  it("waits while a fit runs", async () => {
    const { fit, asked } = fakeFit();
    result.value = { ...base, fit };
    await asked[0]?.answer(10);
    const live = {
      version: 0,
      losses: [],
      steps: [],
      chains: [],
      effectDraws: [],
    };
    run.value = {
      kind: "running",
      method: "svi",
      where: "page",
      progress: null,
      live,
      deaf: false,
    };
    setZ(1);
    expect(shown()?.kind).toBe("updating");
    expect(asked.length).toBe(1);
    run.value = { kind: "idle" };
    expect(asked[1]?.intervention).toEqual({ z: 1 });
    await asked[1]?.answer(11);
  });

  it("has a view for each effect, the shown one first", async () => {
    const { fit, asked } = fakeFit();
    result.value = { ...base, fit };
    await asked[0]?.answer(10);
    edit((edited) => withNewScenario(edited, { z: 5 }));
    expect(result.value?.effects.map(({ kind }) => kind)).toEqual(["ready", "updating"]);
    await asked[1]?.answer(15);
    expect(shown(1)).toMatchObject({
      kind: "ready",
      report: { ate: { mean: 15 } },
    });
  });

  it("says what failed, and closes a fit whose engine crashed if the browser has not kept it", async () => {
    const { fit, asked } = fakeFit();
    result.value = { ...base, fit };
    await asked[0]?.fail("E503");
    expect(shown()).toMatchObject({
      kind: "failed",
      problem: { code: "E503" },
    });
    setZ(1);
    await asked[1]?.fail("E1202");
    await vi.waitFor(() => expect(fitLoss.value).toBe("gone"));
    expect(result.value?.fit).toBeNull();
    expect(shown()?.kind).toBe("waiting");
    expect(asked.length).toBe(2);
  });

  it("answers from the stored curve, and asks for a run otherwise", () => {
    const curve = {
      site: "z",
      outcome: "y",
      baseline: "observed",
      values: [0, 4],
      effects: [0, 8].map((mean) => ({ ate: average(mean), draws: [mean] })),
    };
    const report = {
      outcome: "y",
      baseline: "observed",
      intervention: "no_z",
      ate: average(-1),
      rows: 7,
    };
    const stored = {
      ...report,
      identified: true,
      by: {},
      hdi_prob: 0.94,
      effects: [],
      warnings: [],
    };
    const effects = [
      {
        kind: "ready" as const,
        report: stored,
        draws: [-1],
        rows: null,
        problem: null,
      },
    ];
    result.value = { ...base, origin: "stored", curve, effects };
    expect(shown()?.report?.ate.mean).toBe(-1);
    setZ(2);
    expect(shown()).toMatchObject({
      kind: "ready",
      report: { ate: { mean: 4 }, rows: 7 },
    });
    setZ(5);
    expect(shown()).toMatchObject({
      kind: "waiting",
      report: { ate: { mean: 4 } },
    });
    setZ(0);
    expect(shown()?.report?.ate.mean).toBe(-1);
  });
});
