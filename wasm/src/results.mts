// Draws, predictions and fits: stores of the engine, and what is asked of them.
import { plain, readData, stageChanges } from "./columns.mjs";
import { fail } from "./errors.mjs";
import type { Answer, FitRequest, Freight, StagedColumn } from "./protocol.mjs";
import type { Session } from "./session.mjs";
import type { Store } from "./stores.mjs";
import type {
  CallOptions,
  Changes,
  Data,
  DataFile,
  Draws,
  EffectOptions,
  EffectReport,
  Fit,
  FitReport,
  Numbers,
  PredictOptions,
  Prediction,
  PredictReport,
  RowEffects,
  Run,
  SaveOptions,
  SiteDraws,
  Summary,
} from "./types.mjs";

type Arrays = Answer<unknown>["arrays"];

export function numbers(arrays: Arrays, name: string): Numbers {
  const found = arrays?.[name];
  if (!found) throw fail("E1999", `the engine answered without the numbers of "${name}"`);
  return { data: found.data, shape: found.shape };
}

/// What the engine knows of each row; undefined unless that was asked for.
function rowEffects(arrays: Arrays): { by_row: RowEffects } | undefined {
  if (!arrays?.mean) return undefined;
  const [mean, sd, p_direction] = ["mean", "sd", "p_direction"].map((name) => numbers(arrays, name)) as Triple;
  if (!arrays.hdi_low) return { by_row: { mean, sd, p_direction } };
  const [hdi_low, hdi_high] = [numbers(arrays, "hdi_low"), numbers(arrays, "hdi_high")];
  return { by_row: { mean, sd, p_direction, hdi_low, hdi_high } };
}
type Triple = [Numbers, Numbers, Numbers];

/// A store with draws in it.
class StoredDraws<Report> implements Draws {
  readonly #session: Session;
  readonly #store: Store;
  readonly report: Report;
  readonly complete: boolean;

  constructor(session: Session, store: Store, { report, complete }: Answer<Report>) {
    this.#session = session;
    this.#store = store;
    this.report = report;
    this.complete = complete;
  }

  async draws(site: string, { signal }: { signal?: AbortSignal } = {}): Promise<SiteDraws> {
    const request = { store: this.#store.use(), site };
    const { report, arrays } = await this.#session.run({ command: "draws", request }, { signal });
    const { dtype = "real" } = arrays?.values ?? {};
    const { data, shape } = numbers(arrays, "values");
    return { ...report, dtype, shape, data: dtype === "boolean" ? Uint8Array.from(data) : data };
  }

  store(): Promise<Uint8Array> {
    return this.#store.read();
  }

  dispose(): void {
    this.#store.dispose();
  }
}

export class PriorDraws extends StoredDraws<PredictReport> {}

class PredictedDraws extends StoredDraws<PredictReport> implements Prediction {
  readonly scenario: Prediction["scenario"];

  constructor(session: Session, store: Store, answer: Answer<PredictReport>, scenario: Prediction["scenario"]) {
    super(session, store, answer);
    this.scenario = scenario;
  }
}

type Message<Request> = { request: FitRequest & Request; columns: StagedColumn[] } & Freight;

export class StoredFit<Report extends FitReport = FitReport> extends StoredDraws<Report> implements Fit {
  readonly #session: Session;
  readonly #store: Store;
  readonly healthy: boolean;

  constructor(session: Session, store: Store, answer: Answer<Report>) {
    super(session, store, answer);
    this.#session = session;
    this.#store = store;
    this.healthy = answer.healthy;
  }

  #message<Request>(data: Data | undefined, request: Request): Message<Request> {
    const { columns, files, path } = readData(data);
    const named = path ? { data: path } : {};
    return { request: { fit: this.#store.use(), staged: columns.length > 0, ...named, ...request }, columns, files };
  }

  predict({
    data,
    do: changes = {},
    signal,
    onProgress,
    ...options
  }: PredictOptions & CallOptions = {}): Run<Prediction> {
    return this.#session.start(
      (store) => {
        const message = this.#message(data, { ...options, out: store.path });
        const request = { ...message.request, do: stageChanges(changes, "do", message.columns) };
        return { command: "predict" as const, ...message, request };
      },
      { signal, onProgress },
      (answer, store) => new PredictedDraws(this.#session, store, answer, { do: changes, data }),
    );
  }

  async effect({
    data,
    baseline = {},
    intervention = {},
    signal,
    onProgress,
    ...options
  }: EffectOptions & CallOptions): Promise<EffectReport> {
    const scenario = (side: Changes | Prediction) =>
      side instanceof PredictedDraws ? side.scenario : { do: side as Changes, data };
    const [before, after] = [scenario(baseline), scenario(intervention)];
    if (before.data !== after.data) {
      throw fail(
        "E1103",
        "the two sides of the effect were predicted for different data",
        'change the argument within one call, as in intervention: { "X.income": { shift: 1 } }',
      );
    }
    const base = this.#message(before.data, options);
    const request = {
      ...base.request,
      baseline: stageChanges(before.do, "baseline", base.columns),
      intervention: stageChanges(after.do, "intervention", base.columns),
    };
    const message = { command: "effect" as const, ...base, request };
    const { report, arrays } = await this.#session.run(message, { signal, onProgress });
    const [effect] = report.effects;
    if (!effect) throw fail("E1999", "the engine answered without an effect");
    return { ...report, ...effect, draws: numbers(arrays, "draws"), ...rowEffects(arrays) };
  }

  override async store({ experiment, data, signal, onProgress }: SaveOptions & CallOptions = {}): Promise<Uint8Array> {
    if (!experiment) return super.store();
    const saved = await this.#session.start(
      (store) => ({
        command: "save" as const,
        ...this.#message(data, { experiment: plain(experiment) as object, out: store.path }),
      }),
      { signal, onProgress },
      (_, store) => store,
    );
    try {
      return await saved.read();
    } finally {
      saved.dispose();
    }
  }

  async data({ signal }: { signal?: AbortSignal } = {}): Promise<DataFile | null> {
    const request = { fit: this.#store.use() };
    const { data } = (await this.#session.run({ command: "own_data", request }, { signal })).report;
    return data && { file: data.file, bytes: data.text };
  }

  async summary({ hdi_prob = 0.94, signal }: { hdi_prob?: number; signal?: AbortSignal } = {}): Promise<Summary> {
    const request = { store: this.#store.use(), hdi_prob };
    return (await this.#session.run({ command: "summary", request }, { signal })).report;
  }
}
