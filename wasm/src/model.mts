// A model: its text, and the experiment documents that its calls make of their options.
import { plain, readData, toBytes } from "./columns.mjs";
import type { DocumentRequest, Freight, ModelReport } from "./protocol.mjs";
import { PriorDraws, StoredFit } from "./results.mjs";
import type { Session } from "./session.mjs";
import type {
  CallOptions,
  CheckOptions,
  CheckpointOptions,
  CheckReport,
  Data,
  Fit,
  FitOptions,
  Model,
  Prior,
  Run,
} from "./types.mjs";

const topKeys = ["seed", "hdi_prob", "reproducible"];
const modelKeys = ["kernel", "input", "output", "condition", "do"];
const dataKeys = ["bind", "arguments"];

type Section = Record<string, unknown>;

/// Options of a fit as an experiment document; what is no key of model or data belongs to the inference.
function toDocument(source: string, options: object) {
  const model: Section = { source };
  const data: Section = {};
  const inference: Section = {};
  const document: Section = { dolab: 1, model, data, inference };
  for (const [key, value] of Object.entries(options)) {
    if (value === undefined) continue;
    let section = inference;
    if (modelKeys.includes(key)) section = model;
    if (dataKeys.includes(key)) section = data;
    if (topKeys.includes(key)) section = document;
    section[key] = plain(value);
  }
  return { document, data };
}

type Message<Request> = { request: DocumentRequest & Request } & Freight & { files: NonNullable<Freight["files"]> };

export class TextModel implements Model {
  readonly #session: Session;
  readonly #source: string;
  readonly #named: { kernel?: string };
  readonly kernel: string;
  readonly parameters: Model["parameters"];

  constructor(session: Session, source: string, named: { kernel?: string }, { kernel, parameters }: ModelReport) {
    this.#session = session;
    this.#source = source;
    this.#named = named;
    this.kernel = kernel;
    this.parameters = parameters;
  }

  #message<Request>(data: Data | undefined, options: object, request: Request): Message<Request> {
    const { columns, files, path } = readData(data);
    const made = toDocument(this.#source, { ...this.#named, ...options });
    if (path) made.data.train = path;
    return { request: { document: made.document, staged: columns.length > 0, ...request }, columns, files };
  }

  async check({
    data,
    at,
    gradient = false,
    dot = false,
    signal,
    ...options
  }: CheckOptions = {}): Promise<CheckReport> {
    const named = at === undefined ? {} : { at: "at.json" };
    const message = this.#message(data, options, { gradient, dot, ...named });
    if (at !== undefined) message.files.push({ path: "/job/at.json", bytes: toBytes(JSON.stringify(plain(at))) });
    return (await this.#session.run({ command: "check", ...message }, { signal })).report;
  }

  fit(given: FitOptions & CheckpointOptions & CallOptions = {}): Run<Fit> {
    const { data, signal, onProgress, onCheckpoint, checkpointSeconds = 30, resume, ...options } = given;
    return this.#session.start(
      (store) => ({ command: "fit" as const, ...this.#message(data, options, { out: store.path }) }),
      { signal, onProgress, onCheckpoint, checkpointSeconds, resume },
      (answer, store) => new StoredFit(this.#session, store, answer),
    );
  }

  prior({ data, signal, onProgress, ...options }: FitOptions & CallOptions = {}): Run<Prior> {
    return this.#session.start(
      (store) => ({ command: "predict" as const, ...this.#message(data, options, { out: store.path }) }),
      { signal, onProgress },
      (answer, store) => new PriorDraws(this.#session, store, answer),
    );
  }
}
