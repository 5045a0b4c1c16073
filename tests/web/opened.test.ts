import { expect, test } from "vitest";
import type { Experiment } from "@/core/experiment";
import type { TableState } from "@/core/lab";
import { absentColumns } from "@/core/opened";

const experiment: Experiment = {
  dolab: 1,
  model: { source: "", condition: { z: { column: "dose" } } },
  data: { train: "t.csv", bind: { X: ["a", "b"], y: "out" } },
  scenarios: { now: { z: { column: "dose" } }, plan: { z: { column: "plan" }, "X.a": { shift: 1 } }, none: { z: 0 } },
  effects: [{ intervention: "plan", by: "city" }],
};
const table = (...names: string[]): TableState => ({
  kind: "ready",
  name: "t.csv",
  rows: 0,
  columns: names.map((name) => ({ name, type: "real", values: [], missing: 0 })),
});

test("columns that are named and not there, each once, with what needs it first", () => {
  expect(absentColumns(experiment, table("a", "b", "out", "dose", "plan", "city"))).toEqual([]);
  expect(absentColumns(experiment, table("a", "out"))).toEqual([
    { column: "b", needed: "X" },
    { column: "dose", needed: "the model" },
    { column: "plan", needed: "plan" },
    { column: "city", needed: "the groups" },
  ]);
  const values = ["b", "dose", "plan", "city"].map((name) => ({ name, text: "" }));
  expect(absentColumns(experiment, { kind: "arguments", name: "t.json", values }).map(({ column }) => column)).toEqual([
    "a",
    "out",
  ]);
});

test("nothing is said while the table is being read", () => {
  expect(absentColumns(experiment, { kind: "reading", name: "t.csv" })).toEqual([]);
  expect(absentColumns({ dolab: 1, model: { source: "" } }, { kind: "empty" })).toEqual([]);
});
