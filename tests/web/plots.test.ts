import { describe, expect, it } from "vitest";
import { chainsOf } from "@/core/actions/draws";
import { elementNames, posteriorSites, sortSites, verdict } from "@/core/posterior";
import { adviceOn, roundedNumbers } from "@/core/warnings";
import { densityPlot } from "@/charts/plotly/density";
import { elboPlot, smooth } from "@/charts/plotly/elbo";
import { correlation, pairPlot } from "@/charts/plotly/pair";
import { rankCounts, rankPlot } from "@/charts/plotly/rank";
import { ticksWithin } from "@/charts/live/Axis";
import { linear } from "@/util/scale";
import { thin, tracePlot } from "@/charts/plotly/trace";
import type { Figure } from "@/charts/plotly/types";
import { expectWhole, noise, theme } from "./figures";

const chains = [noise(1000, 1), noise(1000, 2), noise(1000, 3)];
const losses = Array.from({ length: 300 }, (_, i) => 800 + 5000 / (i + 1));

const figures: [string, Figure][] = [
  ["trace", tracePlot("mu", chains, theme)],
  ["density", densityPlot("mu", chains, { probability: 0.94, low: -1, high: 1 }, theme)],
  ["rank", rankPlot("mu", chains, theme)],
  [
    "pair",
    pairPlot(
      [0, 1, 2].map((i) => ({ name: `s${i}`, draws: chains[i] ?? [] })),
      theme,
    ),
  ],
  ["elbo", elboPlot({ steps: losses.map((_, i) => i), losses }, theme)],
];

describe("every figure", () => {
  it.each(figures)("%s has a sentence, data and a table", (_, figure) => expectWhole(figure));
});

describe("traces", () => {
  it("keep every spike when they are thinned", () => {
    const spiky = new Float64Array(10_000);
    spiky[1234] = 9;
    spiky[7777] = -9;
    const { x, y } = thin(spiky, 400);
    expect(y.length).toBeLessThanOrEqual(400);
    expect(x[y.indexOf(9)]).toBe(1235);
    expect(x[y.indexOf(-9)]).toBe(7778);
  });
});

describe("ranks", () => {
  it("put every draw in one bin, evenly for chains that agree", () => {
    const counts = rankCounts(chains, 10);
    for (const row of counts) expect(row.reduce((sum, n) => sum + n, 0)).toBe(1000);
    const apart = rankCounts(
      [
        [1, 2, 3, 4],
        [5, 6, 7, 8],
      ],
      2,
    );
    expect(apart).toEqual([
      [4, 0],
      [0, 4],
    ]);
    expect(
      rankCounts(
        [
          [1, 1],
          [1, 1],
        ],
        2,
      ),
    ).toEqual([
      [0, 2],
      [0, 2],
    ]);
  });
});

describe("pairs", () => {
  it("draw the lower triangle, at most 2,000 draws each", () => {
    const { data } = pairPlot(
      [
        { name: "a", draws: noise(5000, 1) },
        { name: "b", draws: noise(5000, 2) },
      ],
      theme,
    );
    expect(data.map(({ type }) => type)).toEqual(["histogram", "histogram2dcontour", "histogram"]);
    expect((data[0]?.["x"] as number[]).length).toBeLessThanOrEqual(2000);
    expect(correlation([1, 2, 3], [2, 4, 6])).toBeCloseTo(1, 12);
    expect(correlation([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1, 12);
  });
});

describe("divergences", () => {
  const diverging = chains.map((chain, c) =>
    Float64Array.from(chain, (_, draw) => Number(c === 1 && draw % 400 === 5)),
  );
  const low = Math.min(...chains.flatMap((chain) => Array.from(chain)));

  it("are marks below the lines of a trace, and counted by chain", () => {
    const { data, table, title } = tracePlot("mu", chains, theme, diverging);
    const rug = data.at(-1);
    expect(rug).toMatchObject({ x: [6, 406, 806], name: "3 divergences", mode: "markers" });
    expect(rug?.["text"]).toEqual(["chain 2, draw 6", "chain 2, draw 406", "chain 2, draw 806"]);
    expect(Math.max(...(rug?.["y"] as number[]))).toBeLessThan(low);
    expect(table.rows.map((row) => row.at(-1))).toEqual([0, 3, 0]);
    expect(title).toMatch(/diverged/);
    expect(tracePlot("mu", chains, theme).data.length).toBe(3);
  });

  it("are crosses in every pair, where the draws are", () => {
    const [a, b] = [noise(5000, 1), noise(5000, 2)];
    const flags = Uint8Array.from(a, (_, draw) => Number(draw === 7 || draw === 4000));
    const { data } = pairPlot(
      [
        { name: "a", draws: a },
        { name: "b", draws: b },
      ],
      theme,
      flags,
    );
    const crosses = data.filter(({ type }) => type === "scatter");
    expect(crosses.length).toBe(1);
    expect(crosses[0]).toMatchObject({ x: [a[7], a[4000]], y: [b[7], b[4000]], xaxis: "x3", yaxis: "y3" });
    const many = pairPlot(
      [
        { name: "a", draws: a },
        { name: "b", draws: b },
      ],
      theme,
      a.map(() => 1),
    );
    expect((many.data.at(-2)?.["x"] as number[]).length).toBeLessThanOrEqual(500);
  });
});

describe("the ELBO", () => {
  it("smooth without lag", () => {
    expect(smooth([1, 3, 8, 7], [0, 1, 2, 3], 2)).toEqual([1, 4, 6, 7]);
    expect(smooth([1, 3, 8, 7], [0, 1, 90, 91], 2)).toEqual([1, 3, 8, 7]);
  });
});

describe("the posterior table", () => {
  const flat = {
    mean: 1,
    sd: 1,
    hdi_low: 0,
    hdi_high: 2,
    mcse_mean: 0.1,
    ess_bulk: 900,
    ess_tail: 800,
    r_hat: 1.02,
  };
  const summary = {
    hdi_prob: 0.94,
    sampler: {},
    warnings: [],
    sites: {
      mu: { shape: [], ...flat },
      z: {
        shape: [2],
        mean: [3, -1],
        sd: [1, 1],
        hdi_low: [0, 0],
        hdi_high: [2, 2],
        mcse_mean: [0.1, 0.1],
        ess_bulk: [90, 900],
        ess_tail: [800, null],
        r_hat: [1, 1],
      },
    },
  };
  it("has a row for each number, and the range of each vector", () => {
    const [mu, z] = posteriorSites(summary);
    expect(mu?.rows).toHaveLength(1);
    expect(z?.rows.map(({ element, values }) => [element, values.mean])).toEqual([
      ["[0]", 3],
      ["[1]", -1],
    ]);
    expect([z?.low.mean, z?.high.mean, z?.low.ess_tail]).toEqual([-1, 3, 800]);
    expect(elementNames([2, 2])).toEqual(["[0, 0]", "[0, 1]", "[1, 0]", "[1, 1]"]);
  });
  it("sorts by the worst diagnostic", () => {
    const sites = posteriorSites(summary);
    expect(sortSites(sites, "ess_bulk", false).map(({ name }) => name)).toEqual(["z", "mu"]);
    expect(sortSites(sites, "r_hat", true).map(({ name }) => name)).toEqual(["mu", "z"]);
    expect(sortSites(sites, "site", true).map(({ name }) => name)).toEqual(["z", "mu"]);
  });
  it("marks what the core's limits call bad", () => {
    expect(verdict("r_hat", 1.02, 4)).toMatch(/disagree/);
    expect(verdict("r_hat", 1.005, 4)).toBeNull();
    expect(verdict("ess_bulk", 399, 4)).toMatch(/few/);
    expect(verdict("mean", 1e9, 4)).toBeNull();
  });
});

describe("draws by chain", () => {
  it("pick one element", () => {
    const data = Float64Array.from({ length: 12 }, (_, i) => i);
    const draws = {
      group: "posterior",
      data,
      shape: [2, 3, 2],
      dims: [],
      dtype: "real" as const,
    };
    expect(chainsOf(draws, 1).map((chain) => Array.from(chain))).toEqual([
      [1, 3, 5],
      [7, 9, 11],
    ]);
  });
});

describe("advice", () => {
  const project = {
    id: "",
    experiment: { dolab: 1 as const, model: {} },
    files: {},
  };
  const problem = {
    code: "W504",
    message: "3 divergent transitions",
    hint: "x",
    line: null,
    column: null,
  };
  it("changes the project as it says", () => {
    const { action } = adviceOn(problem, project);
    expect(action?.change(project).experiment.inference).toEqual({
      target_accept: 0.95,
    });
    const rough = adviceOn({ ...problem, code: "W506", message: "Pareto k" }, project);
    expect(rough.action?.change(project).experiment.inference).toEqual({
      method: "nuts",
    });
  });
  it("rounds the core's numbers to what they say", () => {
    expect(roundedNumbers("Pareto k of the guide is 0.787157: see 1.01 and 4,000")).toBe(
      "Pareto k of the guide is 0.79: see 1.01 and 4,000",
    );
  });
  it("keeps the core's words for what it does not know", () => {
    expect(adviceOn({ ...problem, code: "W907" }, project)).toEqual({
      title: problem.message,
      todo: "x",
      action: null,
    });
  });
});

describe("ticks of an axis", () => {
  it("are as many as their labels leave room for", () => {
    expect(ticksWithin(linear([0, 3_000_000], [8, 212]))).toEqual([0, 2_000_000]);
    expect(ticksWithin(linear([0, 3], [8, 212]))).toEqual([0, 1, 2, 3]);
  });
});
