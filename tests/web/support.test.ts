import type { CheckReport } from "dolab";
import { beforeEach, expect, test } from "vitest";
import { upgraded } from "@/core/database";
import type { KeptResult } from "@/core/database";
import { check, project, result, table } from "@/core/lab";
import { fingerprint } from "@/core/project";
import { outcomeSupport, startSupports } from "@/core/support";

const found = (support: string) => {
  const report = {
    sites: { y: { support }, index: { support: null } },
  } as unknown as CheckReport;
  check.value = { kind: "good", report, parameters: null, problems: [] };
};
const write = (source: string) => {
  project.value = {
    id: "p",
    experiment: { dolab: 1, model: { source } },
    files: {},
  };
};
/** As pages kept it before they kept supports. */
const kept = (): KeptResult => ({
  origin: "page",
  fingerprint: fingerprint(project.value),
  complete: false,
  method: "nuts",
  seconds: 1,
  summary: null,
  warnings: [],
  diagnostics: null,
  effects: [],
  curve: null,
  losses: null,
});

beforeEach(() => {
  table.value = { kind: "empty" };
  write("normal");
  check.value = { kind: "idle", report: null, parameters: null, problems: [] };
});

test("a result is worded by the model that it is of, whatever the model has become", () => {
  found("real");
  result.value = { ...upgraded(kept()), supports: { y: "real" } };
  write("bernoulli");
  found("boolean");
  expect(outcomeSupport("y")).toBe("real");
});

test("a kept result that lacks them has those of the first check of its model", () => {
  result.value = upgraded(kept());
  const stop = startSupports();
  write("bernoulli");
  found("boolean");
  expect(result.value.supports).toBeNull();
  write("normal");
  found("real");
  write("bernoulli");
  found("boolean");
  stop();
  expect(outcomeSupport("y")).toBe("real");
});

test("without a support in the model, a column says what values there are", () => {
  found("real");
  result.value = null;
  const index = {
    name: "index",
    type: "boolean" as const,
    values: [],
    missing: 0,
  };
  table.value = { kind: "ready", name: "t.csv", rows: 0, columns: [index] };
  expect(outcomeSupport("index")).toBe("boolean");
  expect(outcomeSupport("nothing")).toBeNull();
});

test("what a sampler was stopped at is called an iteration in results that are kept as draws", () => {
  const provenance = {
    seed: 0,
    version: "1",
    threads: 1,
    inference: {},
    ended: 0,
  };
  const stopped = (unit: string) =>
    upgraded({
      ...kept(),
      provenance: { ...provenance, stopped: { done: 1, total: 2, unit } },
    }).provenance?.stopped;
  expect(stopped("draw")).toEqual({ done: 1, total: 2, unit: "iteration" });
  expect(stopped("step")).toEqual({ done: 1, total: 2, unit: "step" });
  expect(upgraded(kept())).toMatchObject({
    made: "",
    supports: null,
    fit: null,
  });
});
