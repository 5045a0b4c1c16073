import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binCount, density, directions, hdi, histogram, histogramOf, meanAndSd, quantile, sort } from "@/util/draws";
import { extent, linear, padded, ticks } from "@/util/scale";

const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), {
  minLength: 2,
  maxLength: 200,
});

describe("draws", () => {
  it("counts every draw once", () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 60 }), (draws, bins) => {
        const { counts } = histogram(draws, extent(draws), bins);
        expect(counts.reduce((sum, n) => sum + n, 0)).toBe(draws.length);
      }),
    );
  });
  it("gives shares of rows bins that hold equally many values, and draws that are all equal one bin", () => {
    const shares = Array.from({ length: 900 }, (_, i) => ((i * 7) % 30) / 1000);
    const { counts, width } = histogramOf(shares);
    expect(width * 1000).toBeCloseTo(Math.round(width * 1000), 6);
    expect(counts.reduce((sum, n) => sum + n, 0)).toBe(900);
    expect(new Set(counts.slice(0, -1)).size).toBe(1);
    expect(histogramOf([2, 2, 2])).toMatchObject({ counts: [3] });
    expect(histogramOf([0, 0]).width).toBeGreaterThan(0);
  });
  it("finds an interval that holds its share and is no wider than the central one", () => {
    fc.assert(
      fc.property(values, (draws) => {
        const sorted = sort(draws);
        const [low, high] = hdi(sorted, 0.9);
        const inside = draws.filter((value) => value >= low && value <= high).length;
        expect(inside).toBeGreaterThanOrEqual(Math.floor(0.9 * draws.length));
        expect(high - low).toBeLessThanOrEqual((sorted.at(-1) as number) - (sorted[0] as number));
      }),
    );
  });
  it("knows moments, quantiles and directions", () => {
    const { mean, sd } = meanAndSd([1, 2, 3, 4]);
    expect(mean).toBeCloseTo(2.5, 12);
    expect(sd).toBeCloseTo(Math.sqrt(5 / 3), 12);
    expect(quantile([0, 1, 2, 3], 0.5)).toBe(1.5);
    expect(directions([-1, 0, 1, 2])).toEqual({
      negative: 0.25,
      positive: 0.5,
    });
    expect(binCount(sort([1, 1, 1]), [0, 2])).toBe(20);
  });
  it("estimates a density that integrates to one and peaks where the draws are", () => {
    const draws = Array.from({ length: 2000 }, (_, i) => Math.sin(i * 12.9898) + Math.sin(i * 78.233) + 3);
    const curve = density(draws, [-2, 8], 300);
    const step = 10 / 299;
    expect(curve.reduce((sum, y) => sum + y * step, 0)).toBeCloseTo(1, 2);
    expect(Math.abs(-2 + step * curve.indexOf(Math.max(...curve)) - 3)).toBeLessThan(1.2);
  });
});

describe("scale", () => {
  it("has round ticks inside the domain", () => {
    expect(ticks([0, 1], 4)).toEqual([0, 0.5, 1]);
    expect(ticks([-0.013, 0.016], 4)).toEqual([-0.01, 0, 0.01]);
    fc.assert(
      fc.property(
        fc.double({ min: -1e5, max: 1e5, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e5, noNaN: true }),
        (low, width) => {
          const found = ticks([low, low + width], 5);
          expect(found.length).toBeLessThanOrEqual(7);
          for (const tick of found) expect(tick).toBeGreaterThanOrEqual(low - width * 1e-6 - 1e-9);
        },
      ),
    );
  });
  it("maps the ends of the domain to the ends of the range", () => {
    const scale = linear([2, 4], [100, 0]);
    expect([scale(2), scale(3), scale(4)]).toEqual([100, 50, 0]);
    expect(padded([1, 1])[1]).toBeGreaterThan(1);
  });
});
