// "Run on this computer": the server behind `dolab lab` (native/cli/README.md). Elsewhere nothing of it is there.
import { signal } from "@preact/signals";
import type { Progress, RunResult } from "dolab";
import { toBase64 } from "@/util/base64";
import { textOf } from "@/util/text";
import type { Problem } from "./engine";
import { toProblem } from "./engine";
import type { Project } from "./project";

export interface Computer {
  version: string;
  threads: number;
  memory_bytes: number;
}

/** Null where the page is not served by `dolab lab`, or without its token. */
export const computer = signal<Computer | null>(null);

const TOKEN = "dolab.token";

/** Takes the token out of the address, so that it enters no link and no history, and asks what the server has. */
export async function findComputer(): Promise<void> {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const given = fragment.get("token");
  if (given !== null) {
    fragment.delete("token");
    const rest = fragment.size > 0 ? `#${fragment}` : "";
    history.replaceState(history.state, "", `${location.pathname}${location.search}${rest}`);
    sessionStorage.setItem(TOKEN, given);
  }
  if (sessionStorage.getItem(TOKEN) === null) return;
  const answer = await ask("info").catch(() => null);
  if (answer?.ok && answer.headers.get("content-type")?.startsWith("application/json")) {
    computer.value = (await answer.json()) as Computer;
  }
}

function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { ...init.headers, Authorization: `Bearer ${sessionStorage.getItem(TOKEN) ?? ""}` };
  return fetch(new URL(`./api/v1/${path}`, document.baseURI), { ...init, headers, cache: "no-store" });
}

async function asked(path: string, init?: RequestInit): Promise<Response> {
  const answer = await ask(path, init);
  if (answer.ok) return answer;
  const body = (await answer.json().catch(() => null)) as { error?: Problem } | null;
  throw body?.error ?? new Error(`this computer's dolab answered ${answer.status}`);
}

export interface ComputerRun {
  /** Resolves when the run has ended with something; rejects with the core's error. */
  result: Promise<{ report: Omit<RunResult, "fit" | "store">; store: Uint8Array }>;
  stop(): void;
  cancel(): void;
}

export function runOnComputer(project: Project, onProgress: (progress: Progress) => void): ComputerRun {
  const started = post(project);
  const path = started.then((id) => `runs/${encodeURIComponent(id)}`);
  const result = (async () => {
    await follow(`${await path}/events`, onProgress);
    const report = (await (await asked(`${await path}/report`)).json()) as Omit<RunResult, "fit" | "store">;
    return { report, store: new Uint8Array(await (await asked(`${await path}/store`)).arrayBuffer()) };
  })();
  const send = (suffix: string, method: string) =>
    void path.then((run) => asked(`${run}${suffix}`, { method })).catch(() => undefined);
  return { result, stop: () => send("/stop", "POST"), cancel: () => send("", "DELETE") };
}

async function post({ experiment, files }: Project): Promise<string> {
  const packed = Object.entries(files).map(([name, bytes]) => [name, textOf(bytes) ?? { base64: toBase64(bytes) }]);
  const body = JSON.stringify({ experiment, files: Object.fromEntries(packed) as unknown });
  const answer = await asked("runs", { method: "POST", body, headers: { "Content-Type": "application/json" } });
  return ((await answer.json()) as { id: string }).id;
}

interface Event {
  name: string;
  data: unknown;
}

/** Reads the run's events until it has ended; asks again when the connection breaks off. */
async function follow(path: string, onProgress: (progress: Progress) => void): Promise<void> {
  for (let broken = 0; broken < 5; broken += 1) {
    const { body } = await asked(path);
    if (!body) throw new Error("this computer's dolab sent no events");
    for await (const { name, data } of events(body)) {
      if (name === "progress") onProgress(data as Progress);
      if (name === "done") return;
      if (name === "failed" || name === "cancelled") throw toProblem(data);
      broken = 0;
    }
    await new Promise((resolve) => setTimeout(resolve, 500 * (broken + 1)));
  }
  throw new Error("the connection to this computer's dolab was lost; the run goes on there");
}

/** Server-sent events of a stream, as the HTML standard parses them; comments are left out. */
export async function* events(body: ReadableStream<Uint8Array>): AsyncGenerator<Event> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let buffer = "";
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      buffer += decoder.decode(part.value, { stream: true });
      const blocks = buffer.replaceAll("\r\n", "\n").split("\n\n");
      buffer = blocks.pop() ?? "";
      for (const block of blocks) {
        const event = parse(block);
        if (event) yield event;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function parse(block: string): Event | null {
  const fields = block.split("\n").map((line) => /^(event|data): ?(.*)$/.exec(line));
  const value = (name: string) => fields.filter((field) => field?.[1] === name).map((field) => field?.[2] ?? "");
  const data = value("data").join("\n");
  return data === "" ? null : { name: value("event").at(-1) ?? "message", data: JSON.parse(data) as unknown };
}
