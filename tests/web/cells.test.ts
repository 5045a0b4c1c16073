import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCells, pasted, toCsv, withBlock, withColumn, withoutColumn, withoutRow } from "@/core/cells";

const cell = fc.string({
  unit: fc.constantFrom("a", "1", ".", '"', ",", ";", "\t", "\n", " ", "é", "𝛼"),
});
const table = fc.integer({ min: 1, max: 4 }).chain((width) => {
  const row = fc.array(cell, { minLength: width, maxLength: width });
  return fc.record({ header: row, rows: fc.array(row, { maxLength: 4 }) });
});
const names = { header: ["a", "b"], rows: [["1", "2"]] };

describe("cells", () => {
  it("come back from their CSV", () => {
    fc.assert(
      fc.property(table, (cells) => {
        const filled = cells.rows.filter((row) => row.some((text) => text.trim() !== ""));
        // One line is read with the delimiter that its header shows, and one column shows none.
        fc.pre(cells.header.length > 1 && cells.header.every((name) => /^[^;,\t\n]*$/.test(name)));
        expect(parseCells(toCsv(cells))).toEqual([cells.header, ...filled]);
      }),
    );
  });

  it("keep quotes, delimiters and line ends", () => {
    const cells = { header: ["x", "y"], rows: [['say "a"', "1,5\nand"]] };
    expect(toCsv(cells)).toBe('x,y\n"say ""a""","1,5\nand"\n');
    expect(parseCells(toCsv(cells)).slice(1)).toEqual(cells.rows);
  });

  it("leave rows out that are empty throughout", () => {
    expect(
      toCsv({
        header: ["a", "b"],
        rows: [
          ["", " "],
          ["1", ""],
        ],
      }),
    ).toBe("a,b\n1,\n");
  });

  it("are read with the delimiter that the first line has most of", () => {
    expect(parseCells("a;b;c,d\n1;2;3\n")).toEqual([
      ["a", "b", "c,d"],
      ["1", "2", "3"],
    ]);
    expect(parseCells("a\tb\r\n1\t2")).toEqual([
      ["a", "b"],
      ["1", "2"],
    ]);
  });

  it("that are pasted without names get some", () => {
    expect(pasted("1\t2\n3\t4\n")).toEqual({
      header: ["x1", "x2"],
      rows: [
        ["1", "2"],
        ["3", "4"],
      ],
    });
    expect(pasted("dose\ty\n3\t4")).toEqual({
      header: ["dose", "y"],
      rows: [["3", "4"]],
    });
    expect(pasted("  \n")).toBeNull();
  });

  it("grow to hold what is pasted into them", () => {
    const block = [
      ["8", "9"],
      ["6", "7"],
    ];
    expect(withBlock(names, 0, 1, block)).toEqual({
      header: ["a", "b", "x3"],
      rows: [
        ["1", "8", "9"],
        ["", "6", "7"],
      ],
    });
  });

  it("have a column more with a name of its own, and one less", () => {
    expect(withColumn({ header: ["x2"], rows: [["1"]] })).toEqual({
      header: ["x2", "x3"],
      rows: [["1", ""]],
    });
    expect(withoutColumn(names, 0)).toEqual({ header: ["b"], rows: [["2"]] });
    expect(withoutRow(names, 0).rows).toEqual([]);
  });
});
