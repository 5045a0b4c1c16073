// The npm package in a real browser, isolated (threads) and not (one thread), from a page of its own.
import { expect, test } from "@playwright/test";
import type { Page } from "@playwright/test";
import { plain } from "./chromium.mjs";

declare global {
  interface Window {
    dolab: typeof import("dolab");
    confounder: () => Promise<{
      experiment: string;
      files: Record<string, string>;
    }>;
  }
}

async function open(page: Page, origin = ""): Promise<void> {
  await page.goto(`${origin}/tests/e2e/blank.html`);
  await page.evaluate(async () => {
    const place = "/wasm/dist/index.browser.mjs";
    window.dolab = await import(place);
    window.confounder = async () => {
      const text = async (name: string) => (await fetch(`/examples/confounder/${name}`)).text();
      const files = {
        "model.py": await text("model.py"),
        "train.csv": await text("train.csv"),
      };
      return { experiment: await text("confounder.dolab.json"), files };
    };
  });
}

for (const [name, origin, build] of [
  ["isolated", "", "threads"],
  ["not isolated", plain, "single"],
] as const) {
  test.describe(name, () => {
    test.beforeEach(({ page }) => open(page, origin));

    test("the fitting build is chosen, and an experiment runs", async ({ page }) => {
      const seen = await page.evaluate(async () => {
        const engine = await window.dolab.createEngine();
        const { experiment, files } = await window.confounder();
        const phases = new Set<string>();
        const run = engine.run(experiment, {
          files,
          onProgress: ({ phase }) => phases.add(phase),
        });
        const { effects, complete, fit } = await run;
        const bytes = await fit.store();
        const again = await (
          await engine.open(bytes)
        ).effect({ baseline: { z: { column: "z" } }, intervention: { z: 0 } });
        engine.dispose();
        return {
          info: engine.info,
          isolated: crossOriginIsolated,
          complete,
          ate: effects[0]?.ate,
          again: again.ate,
        };
      });
      expect(seen.isolated).toBe(build === "threads");
      expect(seen.info.build).toBe(build);
      expect(seen.complete).toBe(true);
      expect(seen.ate?.sd).toBeGreaterThan(0.003);
      expect(seen.again).toEqual(seen.ate);
    });

    test("a model nested beyond the browser's stack is an error, not a crash", async ({ page }) => {
      const codes = await page.evaluate(async () => {
        const head = "import numpyro\nimport numpyro.distributions as dist\nimport jax.numpy as jnp\n";
        const called = (body: string) => `${head}def f(n):\n    ${body}\ndef model():\n    f(0)\n`;
        const nested = (value: string) => `${head}def model():\n    numpyro.sample("x", dist.Normal(${value}, 1))\n`;
        const around = (open: string, close: string, count: number) =>
          nested(open.repeat(count) + "1.0" + close.repeat(count));
        const engine = await window.dolab.createEngine();
        const models = [
          called("return f(n + 1)"),
          called("return sorted([1, 2], key=lambda v: max([f(n + 1)], key=lambda w: 1))"),
          called("return [dict(a=[f(n + 1) for _ in range(2)])['a'] for _ in range(2)]"),
          called("with numpyro.plate(f'p{n}', 2):\n        return f(n + 1)"),
          around("jnp.exp(", ")", 140),
          around("(", ")", 10_000),
          around("-", "", 140),
          around("(", ")", 140),
          nested(Array(10_000).fill("0.0").join(" + ")),
        ];
        const seen: string[] = [];
        for (const model of models) {
          const checked = engine.model(model).then((made) => made.check({}));
          seen.push(await checked.then(() => "fine").catch((error: { code: string }) => error.code));
        }
        engine.dispose();
        return seen;
      });
      expect(codes.slice(0, 6)).toEqual(["E903", "E903", "E903", "E903", "E903", "E902"]);
      expect(codes.slice(6)).toEqual(["fine", "fine", "fine"]);
    });

    test("the page's thread stays free while a fit runs", async ({ page }) => {
      const longest = await page.evaluate(async () => {
        const engine = await window.dolab.createEngine();
        const { experiment, files } = await window.confounder();
        let [last, longest, running] = [performance.now(), 0, true];
        const watch = () => {
          const now = performance.now();
          longest = Math.max(longest, now - last);
          last = now;
          if (running) setTimeout(watch, 0);
        };
        const run = engine.run(experiment, {
          files,
          set: ["inference.steps=40000"],
        });
        watch();
        await run;
        running = false;
        engine.dispose();
        return longest;
      });
      expect(longest).toBeLessThan(400);
    });

    test("a located error, and the next call works", async ({ page }) => {
      const seen = await page.evaluate(async () => {
        const engine = await window.dolab.createEngine();
        const error = await engine.model("def model(x):\n    y = sampel('y', 1)\n    return y\n").then(
          async (model) =>
            model.check({ data: { x: [1, 2] } }).then(
              () => null,
              (caught: unknown) => caught,
            ),
          (caught: unknown) => caught,
        );
        const { code, line, column } = error as InstanceType<typeof window.dolab.DolabError>;
        const model = await engine.model("def model():\n    sample('mu', dist.Normal(0, 1))\n");
        engine.dispose();
        return { code, line, column, kernel: model.kernel };
      });
      expect(seen).toMatchObject({ line: 2, kernel: "model" });
      expect(seen.code).toMatch(/^E\d+$/);
    });

    test("stop keeps what there is, abort keeps nothing, engines are independent", async ({ page }) => {
      const seen = await page.evaluate(async () => {
        const [engine, other] = await Promise.all([window.dolab.createEngine(), window.dolab.createEngine()]);
        const { experiment, files } = await window.confounder();
        const set = ["inference.steps=100000000"];
        let seen = () => {};
        const moving = new Promise<void>((resolve) => (seen = resolve));
        const stopped = engine.run(experiment, {
          files,
          set,
          onProgress: () => seen(),
        });
        await moving;
        const beside = await other.run(experiment, { files });
        stopped.stop();
        const { complete, fit } = await stopped;
        const drawn = await fit.draws("beta_zy");
        const control = new AbortController();
        const aborted = engine
          .run(experiment, {
            files,
            set,
            signal: control.signal,
            onProgress: () => control.abort(),
          })
          .then(
            () => "finished",
            (error: Error) => error.name,
          );
        const name = await aborted;
        const after = await engine.run(experiment, { files });
        for (const used of [engine, other]) used.dispose();
        return {
          complete,
          shape: drawn.shape,
          beside: beside.complete,
          name,
          after: after.complete,
        };
      });
      expect(seen).toEqual({
        complete: false,
        shape: [1, 1000],
        beside: true,
        name: "AbortError",
        after: true,
      });
    });
  });
}

test("both builds give the same bits", async ({ page }) => {
  await open(page);
  const [threads, single] = await page.evaluate(async () => {
    const results = [];
    for (const build of ["threads", "single"] as const) {
      const engine = await window.dolab.createEngine({ build });
      const { experiment, files } = await window.confounder();
      const { fit } = await engine.run(experiment, { files });
      results.push(Array.from((await fit.draws("beta_zy")).data));
      engine.dispose();
    }
    return results;
  });
  expect(threads).toHaveLength(1000);
  expect(threads).toEqual(single);
});

test("threads that a page cannot have are refused with the reason", async ({ page }) => {
  await open(page, plain);
  const message = await page.evaluate(() =>
    window.dolab.createEngine({ build: "threads" }).then(
      () => "started",
      (error: Error) => error.message,
    ),
  );
  expect(message).toContain("shares no memory");
});
