import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MOST_SHOWN, positionAt, positionOf, rowsInView, scrollHeight, scrollTopAt } from "@/util/rowsInView";

const list = fc.record({
  rows: fc.integer({ min: 1, max: 20_000_000 }),
  rowHeight: fc.double({ min: 20, max: 60, noNaN: true }),
  view: fc.integer({ min: 0, max: 2000 }),
});
const share = fc.double({ min: 0, max: 1, noNaN: true });

describe("rows in view", () => {
  it("are all that the view shows, few, and where the browser shows them", () => {
    fc.assert(
      fc.property(list, share, (each, at) => {
        const scrollTop = at * Math.max(0, scrollHeight(each) - each.view);
        const position = positionAt(each, scrollTop);
        const { first, last, before, after, seen } = rowsInView(each, position);
        expect(last - first).toBeLessThanOrEqual(MOST_SHOWN);
        expect(first).toBeLessThanOrEqual(seen[0]);
        expect(last).toBeGreaterThan(seen[1]);
        expect(last).toBeLessThanOrEqual(each.rows);
        expect(seen[0] * each.rowHeight).toBeLessThanOrEqual(position);
        // Nothing empty above or below the rows within the view.
        const drawn = before + (last - first) * each.rowHeight;
        expect(before).toBeLessThanOrEqual(scrollTop + 0.01);
        expect(drawn).toBeGreaterThanOrEqual(Math.min(scrollTop + each.view, scrollHeight(each)) - 0.01);
        // No browser cuts it, and it stays as high as it is.
        const height = drawn + after;
        expect(height).toBeLessThan(8_100_000);
        expect(height).toBeCloseTo(scrollHeight(each), 3);
        expect(scrollTopAt(each, position)).toBeCloseTo(scrollTop, 3);
      }),
    );
  });

  it("reach the last row, and each row on the way", () => {
    const million = { rows: 1_000_000, rowHeight: 28, view: 300 };
    const end = rowsInView(million, positionAt(million, Infinity));
    expect(end.seen[1]).toBe(999_999);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999 }), share, (row, at) => {
        const position = positionOf(million, row, at * 28_000_000);
        const { seen } = rowsInView(million, position);
        expect(seen[0] <= row && row <= seen[1]).toBe(true);
        // A row that is in view stays where it is.
        expect(positionOf(million, row, position)).toBe(position);
      }),
    );
  });
});
