// The engines behind the page: one for fits and effects, and one beside it that answers while the first is busy.
import { signal } from "@preact/signals";
import type { Engine, EngineInfo, KeptFile } from "dolab";
import { readAddress } from "./address";

export type EngineState =
  { kind: "idle" } | { kind: "loading" } | { kind: "ready"; info: EngineInfo } | { kind: "failed"; error: Problem };

/** An error or warning as the core reports it. */
export interface Problem {
  code: string;
  message: string;
  hint: string | null;
  /** The text that `line` and `column` (from 1, in characters) are in: the model's source, or a table. */
  file?: string | null;
  line: number | null;
  column: number | null;
}

export const engineState = signal<EngineState>({ kind: "idle" });

let main: Promise<Engine> | null = null;
let side: Promise<Engine> | null = null;

/** For fits, predictions and effects. Loads it at the first call, and again after a failure. */
export function mainEngine(): Promise<Engine> {
  main ??= start();
  return main;
}

/** For checks and tables. */
export function sideEngine(): Promise<Engine> {
  side ??= import("dolab").then(({ createEngine }) => createEngine({ build: "single" }));
  side.catch(() => (side = null));
  return side;
}

async function start(): Promise<Engine> {
  engineState.value = { kind: "loading" };
  try {
    const { createEngine } = await import("dolab");
    const engine = await createEngine(options());
    engineState.value = { kind: "ready", info: engine.info };
    return engine;
  } catch (error) {
    main = null;
    engineState.value = { kind: "failed", error: toProblem(error) };
    throw error;
  }
}

const kept = new WeakMap<Engine, Map<Uint8Array, KeptFile>>();

/** Files as an engine takes them in call after call: those that it has are not sent again, and others it lets go of. */
export function filesFor(engine: Engine, files: Record<string, Uint8Array>): Record<string, KeptFile> {
  const has = kept.get(engine) ?? new Map<Uint8Array, KeptFile>();
  kept.set(engine, has);
  const wanted = new Set(Object.values(files));
  for (const [bytes, file] of has) {
    if (wanted.has(bytes)) continue;
    file.dispose();
    has.delete(bytes);
  }
  for (const bytes of wanted) if (!has.has(bytes)) has.set(bytes, engine.keep(bytes));
  return Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, has.get(bytes) as KeptFile]));
}

function options(): { threads?: number; build?: "single" } {
  const { threads, engine } = readAddress(location.search);
  return { ...(threads === null ? {} : { threads }), ...(engine === null ? {} : { build: engine }) };
}

/** After a crash: the next call starts another one. */
export function dropMainEngine(): void {
  main?.then(
    (started) => started.dispose(),
    () => undefined,
  );
  main = null;
  engineState.value = { kind: "idle" };
}

/** What is thrown, in the core's terms. */
export function toProblem(error: unknown): Problem {
  const { code, message, hint, file, line, column } = (error ?? {}) as Partial<Problem>;
  return {
    code: typeof code === "string" ? code : "E1001",
    message: message ?? String(error),
    hint: hint ?? null,
    file: file ?? null,
    line: line ?? null,
    column: column ?? null,
  };
}
