// When a question about the fit ends its engine: another engine opens the fit again, once by itself, then when asked.
import type { Fit } from "dolab";
import { dropMainEngine, mainEngine, toProblem } from "../engine";
import { fitLoss, project, result } from "../lab";
import { patiently } from "../patience";
import { reopenFit } from "./keep";

const NO_MEMORY = "E907";
const LOST = ["E1202", "E1999"];

/** Whether an error says that the engine, and not the question, was at fault. */
export const isGone = (code: string): boolean => code === NO_MEMORY || LOST.includes(code);

/** The summary of the result whose fit was opened again, since each result has its own. */
let revived: unknown = null;

/** Asks the fit that is shown. A memory that is full is emptied like that of an engine that was lost. */
export async function askFit<T>(fit: Fit, ask: (fit: Fit, heard: () => void) => Promise<T>): Promise<T> {
  try {
    return await patiently((heard) => ask(fit, heard));
  } catch (error) {
    lose(fit, toProblem(error).code);
    throw error;
  }
}

function lose(fit: Fit, code: string): void {
  const current = result.peek();
  if (current?.fit !== fit || fitLoss.peek() === "reopening") return;
  const again = revived === current.summary;
  // A question that is too large for an empty engine is no fault of the engine.
  if (!(LOST.includes(code) || (code === NO_MEMORY && !again))) return;
  dropMainEngine();
  if (again) giveUp();
  else void openAgain();
  revived = current.summary;
}

function giveUp(): void {
  if (result.value) result.value = { ...result.value, fit: null };
  fitLoss.value = "gone";
}

/** Gives up what the engine is at, and all that it holds. */
export function endEngine(): void {
  dropMainEngine();
  if (result.peek()?.fit) void openAgain();
  else void mainEngine().catch(() => undefined);
}

/** From what the browser has kept. */
export async function openAgain(): Promise<void> {
  const before = result.peek()?.fit ?? null;
  const { id } = project.peek();
  fitLoss.value = "reopening";
  await reopenFit(id, before).catch(() => undefined);
  if (fitLoss.peek() !== "reopening") return;
  const after = result.peek()?.fit ?? null;
  if (after === before) giveUp();
  else fitLoss.value = "reopened";
}
