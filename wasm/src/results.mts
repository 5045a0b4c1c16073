// Draws, predictions and fits: stores of the engine, and what is asked of them.
import { plain, readData } from "./columns.mjs";
import { fail } from "./errors.mjs";
import type { Answer, FitRequest, Freight } from "./protocol.mjs";
import type { Session } from "./session.mjs";
import type { Store } from "./stores.mjs";
import type {
  CallOptions,
  Changes,
  Data,
  Draws,
  EffectOptions,
  EffectReport,
  Fit,
  FitReport,
  PredictOptions,
  Prediction,
  PredictReport,
  Run,
  SiteDraws,
  Summary,
} from "./types.mjs";

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
    const { report } = await this.#session.run({ command: "draws", request }, { signal });
    return report as unknown as SiteDraws; // the worker has put the numbers in
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

type Message<Request> = { request: FitRequest & Request } & Freight;

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
        const request = { ...options, do: plain(changes) as Changes, out: store.path };
        return { command: "predict" as const, ...this.#message(data, request) };
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
    const request = { ...options, baseline: plain(before.do) as Changes, intervention: plain(after.do) as Changes };
    const message = { command: "effect" as const, ...this.#message(before.data, request) };
    const { report } = await this.#session.run(message, { signal, onProgress });
    const [effect] = report.effects;
    if (!effect) throw fail("E1999", "the engine answered without an effect");
    return { ...report, ...effect };
  }

  async summary({ hdi_prob = 0.94, signal }: { hdi_prob?: number; signal?: AbortSignal } = {}): Promise<Summary> {
    const request = { store: this.#store.use(), hdi_prob };
    return (await this.#session.run({ command: "summary", request }, { signal })).report;
  }
}
