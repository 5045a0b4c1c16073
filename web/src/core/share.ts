// A project in the fragment of an address: `#p=1.PAYLOAD`, deflated JSON in base64url. The fragment never leaves the
// browser, and opening one never runs anything.
import type { Experiment } from "./experiment";
import { fromBase64, toBase64 } from "@/util/base64";
import { textOf } from "@/util/text";
import type { Project } from "./project";

const VERSION = "1";
/** Addresses up to this length survive mail and chat programs. */
export const LONGEST_LINK = 32_000;
/** A link opens in a page of somebody who did not make it: more than this is no project. */
const LARGEST_SHARED = 50_000_000;

interface Shared {
  experiment: Experiment;
  /** Tables as text (or, for other files, base64 of the bytes); absent if they were left out. */
  files?: Record<string, { text: string } | { base64: string }>;
}

export interface Link {
  fragment: string;
  /** False: the tables would have made it too long. */
  withData: boolean;
}

export async function toLink(project: Project): Promise<Link> {
  const { experiment } = project;
  const files = Object.fromEntries(Object.entries(project.files).map(([name, bytes]) => [name, asText(bytes)]));
  const whole = await pack({ experiment, files });
  if (whole.length <= LONGEST_LINK) return { fragment: whole, withData: true };
  return { fragment: await pack({ experiment }), withData: false };
}

/** The project of a fragment; null if it holds none. Throws a sentence if it is damaged or of another version. */
export async function fromLink(fragment: string): Promise<Project | null> {
  const payload = new URLSearchParams(fragment.replace(/^#/, "")).get("p");
  if (payload === null) return null;
  const [version, body] = payload.split(".", 2);
  if (version !== VERSION || body === undefined) {
    throw new Error(`This link has format ${version}, and this page knows format ${VERSION}. Reload for a newer page.`);
  }
  let shared: unknown;
  try {
    shared = JSON.parse(await inflate(fromBase64(body.replaceAll("-", "+").replaceAll("_", "/"))));
  } catch (error) {
    if (error instanceof TooLarge) throw error;
    throw new Error("This link is damaged: a part of it is missing or changed. Ask for it again.", { cause: error });
  }
  if (!isShared(shared)) throw new Error("This link holds no experiment.");
  const files = Object.entries(shared.files ?? {}).map(([name, file]) => [name, fromText(file)] as const);
  return { id: crypto.randomUUID(), experiment: shared.experiment, files: Object.fromEntries(files) };
}

async function pack(shared: Shared): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(shared));
  const packed = await through(bytes, new CompressionStream("deflate-raw"));
  return `#p=${VERSION}.${toBase64(packed).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}

class TooLarge extends Error {}

async function inflate(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    text += decoder.decode(part.value, { stream: true });
    if (text.length > LARGEST_SHARED) throw new TooLarge("This link unpacks to more than 50 MB, so it was not opened.");
  }
  return text + decoder.decode();
}

async function through(bytes: Uint8Array<ArrayBuffer>, stream: CompressionStream): Promise<Uint8Array> {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isShared(value: unknown): value is Shared {
  if (!isObject(value) || !isObject(value["experiment"])) return false;
  const { model, dolab } = value["experiment"];
  const files = Object.values(isObject(value["files"]) ? value["files"] : {});
  const isFile = (file: unknown) =>
    isObject(file) && (typeof file["text"] === "string" || typeof file["base64"] === "string");
  return dolab === 1 && isObject(model) && typeof model["source"] === "string" && files.every(isFile);
}

function asText(bytes: Uint8Array): { text: string } | { base64: string } {
  const text = textOf(bytes);
  return text === null ? { base64: toBase64(bytes) } : { text };
}

function fromText(file: { text: string } | { base64: string }): Uint8Array {
  return "text" in file ? new TextEncoder().encode(file.text) : fromBase64(file.base64);
}
