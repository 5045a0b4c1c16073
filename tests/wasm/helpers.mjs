// What the tests of the package share.
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
export const read = (name) => readFile(path.join(root, name));
export const text = async (name) => (await read(name)).toString();

/// Columns of a CSV file of numbers.
export async function table(name) {
  const [header, ...rows] = (await text(name))
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  return Object.fromEntries(
    header.map((column, j) => [column.trim(), Float64Array.from(rows, (row) => Number(row[j]))]),
  );
}

/// Every file of a folder, by name.
export async function folder(name) {
  const files = {};
  for (const entry of await readdir(path.join(root, name), { withFileTypes: true })) {
    if (entry.isFile()) files[entry.name] = await read(path.join(name, entry.name));
  }
  return files;
}

/// Data, model and conditions of examples/confounder as typed arrays.
export async function confounder() {
  const { x, c, z, y } = await table("examples/confounder/train.csv");
  return {
    source: await text("examples/confounder/model.py"),
    data: { X: { data: x, shape: [x.length, 1] }, C: c, y, z },
    options: { condition: { z: { column: "z" } }, method: "svi", init: "feasible", seed: 42 },
  };
}

/// A model that fits within milliseconds.
export const normal = `
import numpyro
import numpyro.distributions as dist

def model(y=None):
    mu = numpyro.sample("mu", dist.Normal(0, 10))
    with numpyro.plate("rows", 4):
        numpyro.sample("y", dist.Normal(mu, 1), obs=y)
`;
export const normalData = { y: [1, 2, 3, 4.5] };
