import { describe, expect, it } from "vitest";
import { bindingOf, parseValue, unknownArguments, withBinding, withObserved, withoutArgument } from "@/core/bindings";
import type { Experiment } from "@/core/experiment";
import { areaOf, blockedBy, cellOf, placed } from "@/core/problems";

const experiment: Experiment = {
  dolab: 1,
  model: { source: "", condition: { z: { column: "z" } } },
  data: { train: "train.csv", bind: { X: ["x"], C: "c" }, arguments: { n: 3 } },
};

describe("bindings", () => {
  it("are read as the experiment has them", () => {
    expect(bindingOf(experiment, "X", [])).toEqual({
      kind: "columns",
      columns: ["x"],
    });
    expect(bindingOf(experiment, "C", [])).toEqual({
      kind: "column",
      column: "c",
    });
    expect(bindingOf(experiment, "n", [])).toEqual({ kind: "value", value: 3 });
    expect(bindingOf(experiment, "y", ["y"])).toEqual({ kind: "name" });
    expect(bindingOf(experiment, "y", [])).toEqual({ kind: "none" });
  });
  it("come back as they were given", () => {
    for (const binding of [
      { kind: "column", column: "q" },
      { kind: "columns", columns: ["a", "b"] },
      { kind: "value", value: [1, 2] },
    ] as const) {
      expect(bindingOf(withBinding(experiment, "C", { ...binding } as never), "C", [])).toEqual(binding);
    }
  });
  it("of arguments that the model has not can be taken away, its input and output too", () => {
    const model = { ...experiment.model, input: ["X", "W"], output: "y" };
    const found = unknownArguments({ ...experiment, model }, ["X", "recovered"]);
    expect(found).toEqual(["C", "n", "W", "y"]);
    const left = found.reduce(withoutArgument, { ...experiment, model });
    expect(left.model).toEqual({ ...experiment.model, input: ["X"] });
    expect(left.data).toEqual({ train: "train.csv", bind: { X: ["x"] } });
  });
  it("take one another's place", () => {
    const changed = withBinding(withBinding(experiment, "n", { kind: "column", column: "c" }), "C", { kind: "none" });
    expect(changed.data).toEqual({
      train: "train.csv",
      bind: { X: ["x"], n: "c" },
    });
  });
  it("of sites go when they are the last", () => {
    expect(withObserved(experiment, "z", null).model).toEqual({ source: "" });
    expect(withObserved(experiment, "q", "c").model.condition).toEqual({
      z: { column: "z" },
      q: { column: "c" },
    });
  });
  it("of values are JSON", () => {
    expect(parseValue("[1, 2]")).toEqual({ value: [1, 2] });
    expect(parseValue("null")).toEqual({ value: null });
    expect(parseValue("1,5")).toBeNull();
  });
});

describe("problems", () => {
  const problem = { code: "E1004", hint: null, line: 3, column: 3 };
  it("of a table name their cell, and not where the engine keeps it", () => {
    const message = 'column "c" of /job/train.csv: "abc" in row 2 (line 3) is not a number';
    const found = placed({ ...problem, message, file: "/job/train.csv" }, "error");
    expect(found.message).not.toContain("/job/");
    expect(areaOf(found)).toBe("data");
    expect(cellOf(found)).toEqual({ row: 2, column: "c" });
  });
  it("of the text are the model's", () => {
    const found = placed({ ...problem, code: "E203", message: "name", file: "model.source" }, "error");
    expect(areaOf(found)).toBe("model");
    expect(cellOf(found)).toBeNull();
  });
  it("of an argument without data are solved under Data", () => {
    const unbound = {
      code: "E1105",
      message: "",
      hint: "bind it with --bind",
      file: "model.source",
      line: null,
      column: null,
    };
    const found = placed(unbound, "error");
    expect(areaOf(found)).toBe("data");
    expect(found.hint).not.toContain("--bind");
  });
});

describe("what keeps a project from being run", () => {
  const problem = (code: string, file: string | null) =>
    placed({ code, message: "", hint: null, file, line: 1, column: 1 }, "error");
  const unbound = { ...problem("E1105", "model.source"), line: null };
  it("is said of the model first", () => {
    expect(blockedBy([])).toBeNull();
    expect(blockedBy([unbound])).toBe("The model needs data first");
    expect(blockedBy([unbound, problem("E503", "table.csv")])).toBe("The data have an error");
    expect(blockedBy([unbound, problem("E201", "model.source")])).toBe("The model has an error");
    expect(blockedBy([{ ...problem("W1", "model.source"), severity: "warning" }])).toBeNull();
  });
});
