import { describe, expect, it } from "vitest";
import { stepsAfter } from "@/core/database";

describe("upgrades of the browser's database", () => {
  const steps = { 10: "ten", 2: "two", 3: "three" };
  it("take the steps that a version lacks, in their order", () => {
    expect(stepsAfter(0, steps)).toEqual(["two", "three", "ten"]);
    expect(stepsAfter(1, steps)).toEqual(["two", "three", "ten"]);
    expect(stepsAfter(2, steps)).toEqual(["three", "ten"]);
    expect(stepsAfter(10, steps)).toEqual([]);
  });
});
