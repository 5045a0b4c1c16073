// The result that is shown as a store: what `dolab run` writes for the project as it asks now.
import type { Fit } from "dolab";
import { toProblem } from "../engine";
import type { Experiment } from "../experiment";
import { project, result } from "../lab";
import type { FileOut } from "../transfer";
import { fileStem } from "../transfer";
import { askWithColumns } from "./draws";
import { isGone } from "./revive";

export interface SavedStore {
  file: FileOut;
  /** Why there are no effects in it, if the fit cannot tell them. */
  without: string | null;
}

export async function saveStore(signal: AbortSignal): Promise<SavedStore> {
  const { experiment } = project.peek();
  const fit = result.peek()?.fit;
  if (!fit) throw new Error("there is no fit yet");
  try {
    return { file: toFile(await save(fit, experiment, signal)), without: null };
  } catch (error) {
    const { code, message } = toProblem(error);
    if (signal.aborted || isGone(code)) throw error;
    return { file: toFile(await save(fit, { ...experiment, effects: [] }, signal)), without: message };
  }
}

function save(fit: Fit, experiment: Experiment, signal: AbortSignal): Promise<Uint8Array> {
  return askWithColumns(fit, (options) => fit.store({ experiment, ...options, signal }));
}

function toFile(bytes: Uint8Array): FileOut {
  return { name: `${fileStem(project.peek())}.zarr.zip`, bytes: bytes as FileOut["bytes"], type: "application/zip" };
}
