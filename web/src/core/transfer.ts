// Projects as files: one experiment file with everything inside, or a zip of the files that the command line runs.
import type { TableColumn } from "./lab";
import type { Experiment } from "./experiment";
import type { Project } from "./project";
import { inPieces } from "@/util/pieces";

export interface FileOut {
  name: string;
  bytes: Uint8Array<ArrayBuffer> | string;
  type: string;
}

/** A name that every file system takes. */
export function fileStem(project: Project): string {
  const stem = (project.experiment.title ?? "experiment").toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return stem.replace(/^-+|-+$/g, "").slice(0, 60) || "experiment";
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** The experiment with its model and table inline, so that one file is all that the command line needs. */
export function experimentFile(project: Project, columns: TableColumn[] | null): FileOut {
  const { experiment } = project;
  const inline = columns && Object.fromEntries(columns.map(({ name, values }) => [name, Array.from(values)]));
  const data =
    inline && typeof experiment.data?.train === "string" ? { ...experiment.data, train: inline } : experiment.data;
  const whole: Experiment = { ...experiment, ...(data ? { data } : {}) };
  return { name: `${fileStem(project)}.dolab.json`, bytes: json(whole), type: "application/json" };
}

/** experiment, model.py and tables, as a folder in a zip: `dolab run` takes it as it is. */
export async function folderFile(project: Project): Promise<FileOut> {
  const { source, ...model } = project.experiment.model;
  const experiment = { ...project.experiment, model: { ...model, file: "model.py" } };
  const stem = fileStem(project);
  const encoder = new TextEncoder();
  const entries = {
    [`${stem}/${stem}.dolab.json`]: encoder.encode(json(experiment)),
    [`${stem}/model.py`]: encoder.encode(source ?? ""),
    ...Object.fromEntries(Object.entries(project.files).map(([name, bytes]) => [`${stem}/${name}`, bytes])),
  };
  const bytes = await zipped(entries);
  return { name: `${stem}.zip`, bytes, type: "application/zip" };
}

/** Deflating is slow. */
const PIECE = 2 ** 18;

/** Piece by piece: the library's own workers come from blobs, which the page's policy forbids. */
async function zipped(entries: Record<string, Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const { Zip, ZipDeflate } = await import("fflate");
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const zip = new Zip((error, part) => {
    if (error) throw error;
    parts.push(new Uint8Array(part));
  });
  for (const [name, bytes] of Object.entries(entries)) {
    const file = new ZipDeflate(name, { level: 6 });
    zip.add(file);
    await inPieces(bytes, (piece) => file.push(piece), PIECE);
    file.push(new Uint8Array(), true);
  }
  zip.end();
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

type Files = Record<string, Uint8Array>;
type Unzip = (bytes: Uint8Array) => Promise<Files>;

/** A project from files that were chosen or dropped: an experiment with the files that it names, or a zip of them. */
export async function projectFromFiles(given: Files, unzip: Unzip): Promise<Project> {
  const files = await unpacked(given, unzip);
  const names = Object.keys(files);
  const named = names.filter((name) => name.endsWith(".json") && isExperiment(files[name]));
  const [main] = named;
  if (main === undefined) {
    const inside = Object.keys(given).some((name) => name.endsWith(".zip")) ? "There is" : "These files hold";
    throw new Error(
      `${inside} no experiment (*.dolab.json) and no result store (*.zarr.zip)${inside === "There is" ? " in it" : ""}.`,
    );
  }
  if (named.length > 1) throw new Error(`These are several experiments: ${named.join(", ")}. Open one at a time.`);
  const experiment = parseExperiment(files[main]) as Experiment;
  const find = (name: string) => {
    const bytes = files[name] ?? files[names.find((other) => other.endsWith(`/${name}`)) ?? ""];
    if (!bytes)
      throw new Error(`The experiment names the file "${name}", which is not among those given. Open both together.`);
    return bytes;
  };
  const { file, ...model } = experiment.model;
  const source = model.source ?? (file === undefined ? "" : new TextDecoder().decode(find(file)));
  const train = experiment.data?.train;
  return {
    id: crypto.randomUUID(),
    experiment: { ...experiment, model: { ...model, source } },
    files: typeof train === "string" ? { [train]: find(train) } : {},
  };
}

/** A zip whose root is a Zarr hierarchy, or a file that is called so. */
export async function isStore(name: string, bytes: Uint8Array): Promise<boolean> {
  if (/\.zarr\.zip$/i.test(name)) return true;
  if (!/\.zip$/i.test(name)) return false;
  const { unzipSync } = await import("fflate");
  let found = false;
  const filter = (entry: { name: string }) => {
    found ||= entry.name === "zarr.json";
    return false;
  };
  try {
    unzipSync(bytes, { filter });
  } catch {
    return false;
  }
  return found;
}

/** With the files of each zip in its place. */
async function unpacked(given: Files, unzip: Unzip): Promise<Files> {
  const files: Files = {};
  for (const [name, bytes] of Object.entries(given)) {
    if (!name.endsWith(".zip")) files[name] = bytes;
    else Object.assign(files, await unzip(bytes).catch((error: unknown) => refuseZip(name, error)));
  }
  return files;
}

function refuseZip(name: string, error: unknown): never {
  throw new Error(`"${name}" could not be unpacked: ${(error as Error).message}`, { cause: error });
}

function parseExperiment(bytes: Uint8Array | undefined): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}

export function isExperiment(bytes: Uint8Array | undefined): boolean {
  const value = parseExperiment(bytes) as Partial<Experiment> | null;
  return typeof value === "object" && value !== null && value.dolab !== undefined && typeof value.model === "object";
}

/** Hands a file to the browser's downloads. */
export function download({ name, bytes, type }: FileOut): void {
  const url = URL.createObjectURL(new Blob([bytes], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
