// Result stores that are opened in the page: its own, and those of the command line.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Page } from "@playwright/test";
import type { Experiment } from "../../web/src/core/experiment";
import { area, drop, effect, expect, openLab, run, test } from "./lab";

const root = path.resolve(import.meta.dirname, "../..");
const program = process.env["DOLAB"] ?? path.join(root, "build/bin/dolab");
const folder = mkdtempSync(path.join(tmpdir(), "dolab-stores-"));
test.afterAll(() => rmSync(folder, { recursive: true }));

const posterior = async (page: Page) => {
  await page.getByRole("tab", { name: /Posterior/ }).click();
  const text = await area(page, "Answer").getByRole("table").innerText();
  await page.getByRole("tab", { name: /Effect/ }).click();
  return text;
};

interface Report {
  effects: { ate: { mean: number } }[];
}
/** Runs an experiment with the command line. */
function runInShell(experiment: object, name: string): { report: Report; store: Buffer } {
  const [file, out] = [`${name}.dolab.json`, `${name}.zarr.zip`].map((each) => path.join(folder, each)) as [
    string,
    string,
  ];
  writeFileSync(file, JSON.stringify(experiment));
  const report = JSON.parse(execFileSync(program, ["run", file, "--out", out, "--json"]).toString()) as Report;
  return { report, store: readFileSync(out) };
}

interface Root {
  attributes: Record<string, unknown> & { experiment: Experiment };
  consolidated_metadata: { metadata: Record<string, unknown> };
}
/** What a store says of itself; times and how chunks are compressed differ between here and there. */
async function described(store: Uint8Array) {
  const { unzipSync } = await import("fflate");
  const text = Buffer.from(unzipSync(new Uint8Array(store))["zarr.json"] ?? []).toString();
  const root = JSON.parse(text, (key, value: unknown) => (key === "codecs" ? null : value)) as Root;
  const { created: _, seconds, diagnostics, ...attributes } = root.attributes;
  return {
    attributes: { ...attributes, measured: [seconds, diagnostics].map((each) => Object.keys(each as object)) },
    nodes: root.consolidated_metadata.metadata,
  };
}

test("a fit that was exported is opened in another project, as it was", async ({ watched: page }) => {
  await openLab(page);
  await run(page);
  // The question may change after the run.
  const value = area(page, "Question").getByRole("textbox").first();
  await value.fill("2");
  await value.press("Enter");
  await expect(effect(page)).toContainText("to 2 ");
  await expect(page.getByText(/updating/i)).toHaveCount(0);
  const before = [await effect(page).textContent(), await posterior(page)];
  await page.getByRole("button", { name: "Export" }).click();
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save: Result store" }).click();
  const saved = await saving;
  expect(saved.suggestedFilename()).toMatch(/\.zarr\.zip$/);
  const bytes = readFileSync(await saved.path());
  // The same as from a run of the command line, effects included.
  const own = await described(bytes);
  copyFileSync(path.join(root, "examples/confounder/train.csv"), path.join(folder, "train.csv"));
  expect(own).toEqual(await described(runInShell(own.attributes.experiment, "same").store));
  expect(own.nodes["effects"]).toMatchObject({ attributes: { effects: [{ outcome: "y", intervention: "z=2" }] } });
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
  await page.getByRole("button", { name: "Projects" }).click();
  await page.getByRole("button", { name: "New project" }).click();
  await expect(effect(page)).toHaveCount(0);

  await drop(page, [{ name: "mine.zarr.zip", bytes }]);
  await expect(page.getByText("from a file", { exact: true })).toBeVisible({ timeout: 20_000 });
  await expect(effect(page)).toHaveText(before[0] ?? "", { timeout: 20_000 });
  expect(await posterior(page)).toBe(before[1]);
  await expect(page.getByRole("textbox", { name: /model/i }).first()).toContainText("beta_zy");
  await page.getByRole("tab", { name: /Data/ }).click();
  await expect(area(page, "Model").getByText("1,000 rows, 4 columns")).toBeVisible();
  await expect(page.getByText(/Not in the store/)).toHaveCount(0);

  // It is kept, and asked again, like any other result.
  await page.waitForTimeout(1000);
  await page.goto("/lab/");
  await expect(page.getByText("from a file", { exact: true })).toBeVisible();
  await value.fill("20");
  await value.press("Enter");
  await expect(effect(page)).toContainText("to 20 ", { timeout: 20_000 });
  await page.getByRole("textbox", { name: "Seed" }).fill("7");
  await page.keyboard.press("Tab");
  await expect(page.getByText(/The settings changed since this run/)).toBeVisible();
});

test("a store of the command line: its effect, and what it does not keep", async ({ watched: page }) => {
  const table = Array.from({ length: 80 }, (_, i) => {
    const [x, dose] = [Math.sin(i), (i % 5) / 2];
    return [x, dose, 1 + (i % 3), 2 * x + dose + Math.cos(7 * i) / 5].join(",");
  });
  const csv = ["x,treat,plan,outcome", ...table].join("\n");
  writeFileSync(path.join(folder, "trial.csv"), csv);
  const source = `import numpyro
import numpyro.distributions as dist


def model(x, T=None, y=None):
    b = numpyro.sample("b", dist.Normal(0, 3))
    a = numpyro.sample("a", dist.Normal(0, 3))
    with numpyro.plate("rows", x.shape[0]):
        t = numpyro.sample("t", dist.Normal(1, 1), obs=T)
        numpyro.sample("y", dist.Normal(b * x + a * t, 0.3), obs=y)
`;
  const { report, store } = runInShell(
    {
      dolab: 1,
      title: "Trial",
      model: { source },
      data: { train: "trial.csv", bind: { x: "x", T: "treat", y: "outcome" } },
      inference: { method: "nuts", warmup: 300, draws: 300, chains: 2 },
      scenarios: { given: { t: { column: "treat" } }, none: { t: 0 }, planned: { t: { column: "plan" } } },
      effects: [
        { outcome: "y", baseline: "given", intervention: "none" },
        { outcome: "y", baseline: "given", intervention: "planned" },
      ],
      seed: 11,
    },
    "trial",
  );
  const mean = (index: number) => (report.effects[index]?.ate.mean ?? NaN).toFixed(3).replace("-", "−");
  await openLab(page);
  await drop(page, [{ name: "trial.zarr.zip", bytes: store }]);
  await expect(page.getByText("from a file", { exact: true })).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole("textbox", { name: "Title of the project" })).toHaveValue("Trial");
  const answer = (about: RegExp) => area(page, "Answer").getByRole("heading", { name: about });
  await expect(answer(/Setting t to 0 changes/)).toContainText(mean(0), { timeout: 20_000 });
  // The column that only a scenario names is not there until the table is.
  await page.getByRole("tab", { name: /Data/ }).click();
  await expect(area(page, "Model").getByText(/Not in the store: plan \(for planned\)/)).toBeVisible();
  await drop(page, [{ name: "trial.csv", bytes: Buffer.from(csv) }]);
  await expect(area(page, "Model").getByText("80 rows, 4 columns")).toBeVisible();
  await expect(page.getByText(/Not in the store/)).toHaveCount(0);
  await expect(answer(/column plan/)).toContainText(mean(1), { timeout: 20_000 });
});

test("what is no store is refused in a sentence, and nothing changes", async ({ watched: page }) => {
  const { store } = runInShell(
    {
      dolab: 1,
      model: {
        source:
          'import numpyro\ndef model():\n  numpyro.sample("m", numpyro.distributions.Normal(0, 1), obs=1.0)\n' +
          '  numpyro.sample("k", numpyro.distributions.Normal(0, 1))\n',
      },
      inference: { method: "svi", steps: 50, draws: 20 },
    },
    "small",
  );
  await openLab(page);
  const before = await effect(page).textContent();
  const notice = page.locator(".notice").last();
  const refused = async (name: string, bytes: Buffer, said: RegExp) => {
    await drop(page, [{ name, bytes }]);
    await expect(notice).toContainText(said, { timeout: 20_000 });
    await expect(notice).not.toContainText("/stores/");
    await notice.getByRole("button", { name: /Close/ }).click();
    await expect(page.getByText("stored result", { exact: true })).toBeVisible();
    await expect(effect(page)).toHaveText(before ?? "");
  };
  await refused("cut.zarr.zip", store.subarray(0, store.length / 2), /cut\.zarr\.zip/);
  await refused("empty.zarr.zip", Buffer.alloc(0), /empty\.zarr\.zip/);
  const changed = Buffer.from(store);
  changed.write('"kernel": 7 ', changed.lastIndexOf('"kernel":'));
  await refused("changed.zarr.zip", changed, /changed\.zarr\.zip/);
  await refused("broken.zip", Buffer.from("no zip"), /"broken\.zip" could not be unpacked/);
  await refused("notes.zip", Buffer.from(await emptyZip()), /no experiment .* no result store/);
});

async function emptyZip(): Promise<Uint8Array> {
  const { zipSync } = await import("fflate");
  return zipSync({ "readme.txt": new TextEncoder().encode("nothing") });
}
