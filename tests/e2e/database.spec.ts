// What browsers keep outlives the versions of the page.
import { createEngine } from "dolab";
import type { Page } from "@playwright/test";
import { area, expect, openLab, test } from "./lab";

const source = `import numpyro
import numpyro.distributions as dist


def model(x, y=None):
    slope = numpyro.sample("slope", dist.Normal(0, 1))
    with numpyro.plate("rows", x.shape[0]):
        numpyro.sample("y", dist.Normal(slope * x, 1.0), obs=y)
`;
const table = `x,y\n${Array.from({ length: 20 }, (_, i) => `${i / 10},${i / 5}\n`).join("")}`;
const experiment = {
  dolab: 1,
  title: "Of old",
  model: { source, output: "y" },
  data: { train: "old.csv", bind: { x: "x", y: "y" } },
  inference: { method: "svi", steps: 300, draws: 50 },
  scenarios: { doubled: { x: { scale: 2 } } },
  effects: [{ outcome: "y", intervention: "doubled" }],
  seed: 3,
};

/** A database as the page of version 2 wrote it; its shape stays here as it was then. */
async function writeVersion2(page: Page, store: Uint8Array, summary: unknown): Promise<void> {
  const given = { experiment, table, summary, store: Buffer.from(store).toString("base64") };
  await page.evaluate(async (kept) => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open("dolab", 2);
      opening.onupgradeneeded = () => {
        const projects = opening.result.createObjectStore("projects", { keyPath: "project.id" });
        projects.createIndex("changed", "changed");
        for (const name of ["stores", "checkpoints", "files"]) opening.result.createObjectStore(name);
      };
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(new Error("no database"));
    });
    const tables = ["projects", "stores", "files"];
    const writing = database.transaction(tables, "readwrite");
    const project = { id: "old", experiment: kept.experiment, files: {} };
    const result = {
      origin: "page",
      fingerprint: "[null,null,null,3,null,null,[]]",
      complete: true,
      method: "svi",
      seconds: 1,
      summary: kept.summary,
      warnings: [],
      diagnostics: null,
      effects: [{ kind: "waiting", report: null, draws: [], rows: null, problem: null }],
      curve: null,
      losses: null,
    };
    writing.objectStore("projects").put({ project, files: ["old.csv"], changed: 1, result, reference: null });
    writing.objectStore("stores").put(
      Uint8Array.from(atob(kept.store), (byte) => byte.charCodeAt(0)),
      "old",
    );
    writing.objectStore("files").put(new TextEncoder().encode(kept.table), "old/old.csv");
    await new Promise((resolve) => (writing.oncomplete = resolve));
    database.close();
  }, given);
}

test("project, table and fit of a database of version 2 are there", async ({ watched: page }) => {
  const engine = await createEngine({ threads: 1 });
  const { fit } = await engine.run(experiment, { files: { "old.csv": table } });
  await page.route("/lab/before", (route) =>
    route.fulfill({ contentType: "text/html", body: '<link rel="icon" href="data:,">' }),
  );
  await page.goto("/lab/before");
  await writeVersion2(page, await fit.store(), await fit.summary());
  engine.dispose();
  await page.goto("/lab/");
  await expect(page.getByRole("textbox", { name: "Title of the project" })).toHaveValue("Of old");
  await page.getByRole("tab", { name: /Data/ }).click();
  await expect(area(page, "Model").getByText("20 rows, 2 columns")).toBeVisible();
  // The fit is asked: it came back from its bytes.
  await expect(area(page, "Answer").getByRole("heading", { name: /changes the mean of y by/ })).toBeVisible({
    timeout: 20_000,
  });
});

test("a newer page in another tab is not held up by this one", async ({ watched: page }) => {
  await openLab(page);
  await page.waitForTimeout(1000); // Until it is kept.
  const upgraded = await page.evaluate(
    () =>
      new Promise<string[]>((resolve, reject) => {
        const opening = indexedDB.open("dolab", 1000);
        opening.onsuccess = () => resolve([...opening.result.objectStoreNames]);
        opening.onerror = () => reject(new Error("no database"));
      }),
  );
  expect(upgraded).toEqual(["checkpoints", "files", "projects", "stores"]);
});
