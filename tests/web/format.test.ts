import { describe, expect, it } from "vitest";
import { wrapped } from "@/util/wrapped";
import { count, duration, given, number, percent, signed, withSpread } from "@/util/format";
describe("format", () => {
  it("gives as many digits as the spread has meaning for", () => {
    expect(withSpread(-0.413374, 0.50068)).toBe("−0.41");
    expect(withSpread(1234.5678, 31)).toBe("1,235");
    expect(withSpread(0.0004, 0.5)).toBe("0.00");
    expect(signed(0.41, 0.1)).toBe("+0.41");
    expect(signed(0.0001, 0.1)).toBe("0.00");
  });
  it("writes numbers with significant digits", () => {
    expect(number(0.012345)).toBe("0.0123");
    expect(number(-3)).toBe("−3");
    expect(number(1.5e-7)).toBe("1.50e−7");
    expect(number(null)).toBe("–");
    expect(number(-Infinity)).toBe("−∞");
    expect(count(10000)).toBe("10,000");
  });
  it("keeps what somebody wrote", () => {
    expect([1.1, 0, -0.5, 10000, 1e-7].map((value) => given(value))).toEqual(["1.1", "0", "−0.5", "10,000", "1e−7"]);
  });
  it("does not round a probability to certainty", () => {
    expect(percent(0.999)).toBe("more than 99\u00a0%");
    expect(percent(0.001)).toBe("less than 1\u00a0%");
    expect(percent(1)).toBe("100\u00a0%");
    expect(percent(0.436)).toBe("44\u00a0%");
  });
  it("says durations", () => {
    expect([0.42, 12.3, 59.7, 185, 3660].map(duration)).toEqual([
      "0.4 s",
      "12 s",
      "1 min 0 s",
      "3 min 5 s",
      "1 h 1 min",
    ]);
  });
});

describe("labels of charts", () => {
  it("break between words where the chart is narrow", () => {
    const text = "effect on the probability of Headache, percentage points";
    expect(wrapped(text, 800)).toEqual([text]);
    expect(wrapped(text, 360)).toEqual(wrapped(text, 300));
    expect(wrapped(text, 300)).toEqual(["effect on the probability of Headache,", "percentage points"]);
    expect(wrapped("unbreakable", 10)).toEqual(["unbreakable"]);
  });
});
