import { strToU8, unzipSync, zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import type { Project } from "@/core/project";
import { experimentFile, fileStem, folderFile, isStore, projectFromFiles } from "@/core/transfer";

const encoder = new TextEncoder();
const unzip = async (bytes: Uint8Array) => Promise.resolve(unzipSync(bytes));
const project: Project = {
  id: "1",
  experiment: {
    dolab: 1,
    title: "Does A cause B? (2)",
    model: { source: "def model(x, y=None):\n    pass\n", output: "y" },
    data: { train: "table.csv", bind: { x: "x", y: "y" } },
    seed: 3,
  },
  files: { "table.csv": encoder.encode("x,y\n1,2\n0.1,4\n") },
};
const columns = [
  {
    name: "x",
    type: "real" as const,
    values: Float64Array.of(1, 0.1),
    missing: 0,
  },
  {
    name: "y",
    type: "integer" as const,
    values: Float64Array.of(2, 4),
    missing: 0,
  },
];

describe("files of a project", () => {
  test("one file holds model and columns", () => {
    const file = experimentFile(project, columns);
    expect(file.name).toBe("does-a-cause-b-2.dolab.json");
    const written = JSON.parse(file.bytes as string) as Project["experiment"];
    expect(written.data?.train).toEqual({ x: [1, 0.1], y: [2, 4] });
    expect(written.data?.bind).toEqual({ x: "x", y: "y" });
    expect(written.model).toEqual(project.experiment.model);
  });

  test("a folder has the table's bytes as they were, and opens again as the same project", async () => {
    const { bytes, name } = await folderFile(project);
    const inside = unzipSync(bytes as Uint8Array);
    expect(Object.keys(inside).sort()).toEqual(
      ["does-a-cause-b-2.dolab.json", "model.py", "table.csv"].map((file) => `does-a-cause-b-2/${file}`),
    );
    const back = await projectFromFiles({ [name]: bytes as Uint8Array }, unzip);
    expect(back.experiment.model.source).toBe(project.experiment.model.source);
    expect(back.experiment.data).toEqual(project.experiment.data);
    expect([...(back.files["table.csv"] ?? [])]).toEqual([...(project.files["table.csv"] ?? [])]);
  });

  test("what is missing or too many is said by name", async () => {
    const experiment = encoder.encode(JSON.stringify({ dolab: 1, model: { file: "model.py" } }));
    await expect(projectFromFiles({ "a.dolab.json": experiment }, unzip)).rejects.toThrow('"model.py"');
    await expect(projectFromFiles({ "table.csv": encoder.encode("a\n1\n") }, unzip)).rejects.toThrow(
      "hold no experiment",
    );
    const both = { "a.dolab.json": experiment, "b.dolab.json": experiment };
    await expect(projectFromFiles(both, unzip)).rejects.toThrow("a.dolab.json, b.dolab.json");
    await expect(projectFromFiles({ "a.zip": encoder.encode("no zip") }, unzip)).rejects.toThrow(
      '"a.zip" could not be unpacked',
    );
  });

  test("a store is told from other zips", async () => {
    const store = zipSync({ "zarr.json": strToU8("{}"), "posterior/mu/c/0": strToU8("bytes") });
    expect(await isStore("run.zip", store)).toBe(true);
    expect(await isStore("run.zarr.zip", encoder.encode("cut"))).toBe(true);
    expect(await isStore("run.zip", encoder.encode("cut"))).toBe(false);
    expect(await isStore("folder.zip", zipSync({ "a/zarr.json": strToU8("{}") }))).toBe(false);
    expect(await isStore("table.csv", encoder.encode("a\n1\n"))).toBe(false);
  });

  test("a title of any script gives a usable name", () => {
    const titled = (title: string) => fileStem({ ...project, experiment: { ...project.experiment, title } });
    expect(titled("../../etc")).toBe("etc");
    expect(titled("因果")).toBe("experiment");
    expect(titled("x".repeat(200))).toHaveLength(60);
  });
});
