// Files that were dropped on the page or chosen: tables, experiments with what they name, result stores.
import { unzip } from "../bytes";
import { sideEngine, toProblem } from "../engine";
import { tooLarge } from "../problems";
import { notify } from "./edit";
import { keepNow, openStore } from "./keep";
import { openProject } from "./open";
import { refuse, takeTableFile } from "./tables";
import { countChecksums } from "@/util/checksum";

const mayBeTable = (name: string) => !/\.(zip|py)$/i.test(name);

/** Puts them where they belong. What is wrong with them is said, and then nothing has changed. */
export async function takeFiles(chosen: File[]): Promise<void> {
  const [first] = chosen;
  if (!first) return;
  try {
    const { limits } = (await sideEngine()).info;
    const size = chosen.reduce((sum, file) => sum + file.size, 0);
    if (size > limits.data_bytes) throw tooLarge(first.name, size, limits.data_bytes);
    const read = chosen.map(async (file) => [file.name, new Uint8Array(await file.arrayBuffer())] as const);
    await take(Object.fromEntries(await Promise.all(read)));
  } catch (error) {
    const problem = toProblem(error);
    if (chosen.length === 1 && mayBeTable(first.name)) refuse(first.name, problem, null);
    else notify(problem.hint ? `${problem.message}. ${problem.hint}` : problem.message, "error");
  }
}

async function take(files: Record<string, Uint8Array>): Promise<void> {
  const { isExperiment, isStore, projectFromFiles } = await import("../transfer");
  const [[name, bytes] = ["", new Uint8Array()], ...others] = Object.entries(files);
  if (others.length === 0) {
    if (await isStore(name, bytes)) return openStore(name, bytes);
    const experiment = name.endsWith(".json") && isExperiment(bytes);
    if (mayBeTable(name) && !experiment) return takeTableFile(name, bytes);
  }
  const opened = await projectFromFiles(files, unzip);
  await countChecksums(opened.files);
  await keepNow();
  openProject(opened);
}
