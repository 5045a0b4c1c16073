// Starts an engine, and gives it models, experiments and stores.
import { largestData, plain, readData, toBytes, writtenFiles } from "./columns.mjs";
import { Connection } from "./connection.mjs";
import { fail } from "./errors.mjs";
import { TextModel } from "./model.mjs";
import type { Platform } from "./platform.mjs";
import { StoredFit, numbers } from "./results.mjs";
import { Session } from "./session.mjs";
import type {
  Bytes,
  DataFile,
  Engine,
  EngineInfo,
  EngineMemory,
  EngineOptions,
  KeptFile,
  Language,
  Model,
  OpenedFit,
  Run,
  RunOptions,
  RunResult,
  Table,
} from "./types.mjs";

export async function startEngine(platform: Platform, options: EngineOptions = {}): Promise<Engine> {
  const { threads, build = "auto", startSeconds = 60 } = options;
  if (!["auto", "threads", "single"].includes(build)) {
    throw fail("E1103", `no build "${build}"`, "auto, threads or single");
  }
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1 && threads <= 64)) {
    throw fail("E1103", `${threads} is no number of threads`, "1 to 64");
  }
  if (build === "threads" && !platform.canShareMemory()) {
    const hint = "serve it with the headers of cross-origin isolation";
    throw fail("E1103", "this page shares no memory, which threads need", hint);
  }
  const chosen = build === "auto" ? (platform.canShareMemory() ? "threads" : "single") : build;
  const count = chosen === "single" ? 1 : (threads ?? platform.threads());
  const connection = new Connection(platform, { build: chosen, threads: count, startSeconds });
  const report = await connection.open();
  const limits = { memory_bytes: 2 ** 31, data_bytes: largestData };
  return new ClientEngine(new Session(connection), { ...report, build: chosen, limits });
}

class ClientEngine implements Engine {
  readonly #session: Session;
  readonly info: EngineInfo;

  constructor(session: Session, info: EngineInfo) {
    this.#session = session;
    this.info = info;
  }

  async model(source: string, { kernel, signal }: { kernel?: string; signal?: AbortSignal } = {}): Promise<Model> {
    const named = kernel === undefined ? {} : { kernel };
    const { report } = await this.#session.run({ command: "model", request: { source, ...named } }, { signal });
    return new TextModel(this.#session, source, named, report);
  }

  async table(data: DataFile, { signal }: { signal?: AbortSignal } = {}): Promise<Table> {
    const { files, path = "" } = readData(data);
    const { report, arrays } = await this.#session.run({ command: "table", request: { path }, files }, { signal });
    const { data: values } = numbers(arrays, "values");
    const { rows } = report;
    const columns = report.columns.map((column, at) => ({
      ...column,
      values: values.subarray(at * rows, (at + 1) * rows),
    }));
    return { ...report, columns };
  }

  keep(bytes: Bytes): KeptFile {
    return this.#session.stores.keep(toBytes(bytes));
  }

  async language(): Promise<Language> {
    return (await this.#session.run({ command: "language", request: {} }, {})).report;
  }

  async open(bytes: Bytes, { signal }: { signal?: AbortSignal } = {}): Promise<OpenedFit> {
    const store = this.#session.stores.add();
    const files = writtenFiles({ [store.path]: bytes });
    const answer = await this.#session.run({ command: "open", request: { store: store.path }, files }, { signal });
    return new StoredFit(this.#session, store.keep(), answer);
  }

  run(experiment: object | string, { files = {}, set = [], ...listeners }: RunOptions = {}): Run<RunResult> {
    const name = "experiment.dolab.json";
    return this.#session.start(
      (store) => {
        const text = typeof experiment === "string" ? experiment : JSON.stringify(plain(experiment));
        const given = Object.entries({ ...files, [name]: text });
        const written = writtenFiles(Object.fromEntries(given.map(([file, content]) => [`/job/${file}`, content])));
        const request = { experiment: name, overrides: set, out: store.path };
        return { command: "run" as const, request, files: written };
      },
      listeners,
      (answer, store) => {
        const { effects, hdi_prob, ...own } = answer.report;
        const fit = new StoredFit(this.#session, store, { ...answer, report: own });
        return { ...answer.report, fit, store: () => store.read() };
      },
    );
  }

  async memory(): Promise<EngineMemory> {
    return this.#session.memory();
  }

  dispose(): void {
    this.#session.connection.dispose();
  }
}
