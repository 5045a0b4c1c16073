import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cellText, factsOf, shownCell } from "@/core/columns";
import type { TableColumn } from "@/core/lab";
import { readColumns } from "@/core/readColumns";
import { countBins, median } from "@/util/stats";

const column = (type: TableColumn["type"], values: TableColumn["values"]): TableColumn => ({
  name: "c",
  type,
  values,
  missing: 0,
});

describe("median", () => {
  it("is what sorting gives", () => {
    const numbers = fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(numbers, (values) => {
        const sorted = [...values].sort((a, b) => a - b);
        const at = (index: number) => sorted[index] ?? 0;
        const half = sorted.length >> 1;
        const expected = sorted.length % 2 === 1 ? at(half) : (at(half) + at(half - 1)) / 2;
        expect(median(Float64Array.from(values))).toBeCloseTo(expected, 9);
      }),
    );
  });
  it("of many equal values does not take for ever", () => {
    expect(median(new Float64Array(100_000).fill(3))).toBe(3);
  });
  it("of nothing is no number", () => {
    expect(median(new Float64Array())).toBeNaN();
  });
});

describe("counts in bins", () => {
  it("have every value once", () => {
    const numbers = fc.array(fc.double({ noNaN: true, min: -1e3, max: 1e3 }), {
      minLength: 1,
    });
    fc.assert(
      fc.property(numbers, fc.integer({ min: 1, max: 30 }), (values, bins) => {
        const counts = countBins(Float64Array.from(values), Math.min(...values), Math.max(...values), bins);
        expect(counts.reduce((sum, n) => sum + n, 0)).toBe(values.length);
        expect(counts).toHaveLength(bins);
      }),
    );
  });
});

describe("facts of a column", () => {
  it("leave missing and infinite cells out", () => {
    expect(factsOf(column("real", [Number.NaN, 2, Infinity, 4]))).toMatchObject({ low: 2, middle: 3, high: 4 });
    expect(factsOf(column("real", [Number.NaN]))).toEqual({ kind: "nothing" });
  });
  it("have a bar for each of few whole numbers", () => {
    expect(factsOf(column("integer", [0, 1, 1, 3]))).toMatchObject({
      bins: [1, 2, 0, 1],
    });
  });
  it("count levels, most frequent first", () => {
    const levels = factsOf(column("category", ["b", "a", "b"]));
    expect(levels).toEqual({
      kind: "levels",
      levels: [
        { name: "b", count: 2 },
        { name: "a", count: 1 },
      ],
      more: 0,
    });
    expect(factsOf(column("boolean", [1, 0, 1]))).toMatchObject({
      levels: [
        { name: "true", count: 2 },
        { name: "false", count: 1 },
      ],
    });
  });
  it("give cells as they are typed", () => {
    expect(cellText(column("boolean", [1, Number.NaN]), 0)).toBe("true");
    expect(cellText(column("real", [Number.NaN]), 0)).toBe("");
    expect(cellText(column("real", [0.1]), 0)).toBe("0.1");
  });
  it("give cells to look at with eight digits", () => {
    expect(shownCell(column("real", [1 / 3]), 0)).toBe("0.33333333");
    expect(shownCell(column("real", [Number.NaN]), 0)).toBe("");
    expect(shownCell(column("integer", [1234567890]), 0)).toBe("1234567890");
  });
});

describe("columns as the engine reads them", () => {
  it("have the texts of their categories, and what there is to say of them", async () => {
    const all = Float64Array.of(1, 0, 1, Number.NaN, 4, 2, 1, 3);
    const given = [
      { name: "place", type: "category" as const, missing: 1, levels: ["sea", "hill"], values: all.subarray(0, 4) },
      { name: "x", type: "integer" as const, missing: 0, levels: [], values: all.subarray(4) },
    ];
    const [place, x] = (await readColumns(given)) as [TableColumn, TableColumn];
    expect([place.values, x.values]).toEqual([["hill", "sea", "hill", Number.NaN], Float64Array.of(4, 2, 1, 3)]);
    const levels = [
      { name: "hill", count: 2 },
      { name: "sea", count: 1 },
    ];
    expect(factsOf(place)).toEqual({ kind: "levels", levels, more: 0 });
    expect(factsOf(x)).toMatchObject({ low: 1, middle: 2.5, high: 4 });
  });
});
