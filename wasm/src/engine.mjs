// Engine, Model and Fit: requests to the core, in the shapes of the command line.
import { largestData, plain, readData, toBytes } from "./columns.mjs";
import { Connection } from "./connection.mjs";
import { fail } from "./errors.mjs";

export async function startEngine(platform, { threads, build = "auto" } = {}) {
  if (!["auto", "threads", "single"].includes(build)) {
    throw fail("E1103", `no build "${build}"`, "auto, threads or single");
  }
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1 && threads <= 64)) {
    throw fail("E1103", `${threads} is no number of threads`, "1 to 64");
  }
  if (build === "threads" && !platform.canShareMemory()) {
    throw fail("E1103", "this page shares no memory, which threads need",
      "serve it with the headers of cross-origin isolation");
  }
  const chosen = build === "auto" ? (platform.canShareMemory() ? "threads" : "single") : build;
  const count = chosen === "single" ? 1 : threads ?? platform.threads();
  const connection = new Connection(platform, { build: chosen, threads: count });
  const report = await connection.open();
  return new Engine(connection, { ...report, build: chosen, limits: { memory_bytes: 2 ** 31, data_bytes: largestData } });
}

class Engine {
  #connection;
  #stores;

  constructor(connection, info) {
    this.#connection = connection;
    this.info = info;
    this.#stores = new Stores(connection);
  }

  async model(source, { kernel, signal } = {}) {
    const named = kernel === undefined ? {} : { kernel };
    const { report } = await this.#connection.run({ command: "model", request: { source, ...named } }, { signal });
    return new Model(this.#connection, this.#stores, source, named, report);
  }

  /// The fit that a store (the bytes of a .zarr.zip) holds.
  async open(bytes, { signal } = {}) {
    const store = this.#stores.add();
    const files = [{ path: store.path, bytes: toBytes(bytes) }];
    const { report } = await this.#connection.run({ command: "open", request: { store: store.path }, files }, { signal });
    return new Fit(this.#connection, this.#stores, store, { report, complete: report.complete, healthy: true });
  }

  /// Everything that an experiment declares. `experiment`: the document, or its text; `files`: what it names.
  run(experiment, { files = {}, set = [], signal, onProgress } = {}) {
    const store = this.#stores.add();
    const name = "experiment.dolab.json";
    const prepare = () => {
      const text = typeof experiment === "string" ? experiment : JSON.stringify(plain(experiment));
      const given = Object.entries({ ...files, [name]: text });
      const written = given.map(([file, content]) => ({ path: `/job/${file}`, bytes: toBytes(content) }));
      return { command: "run", request: { experiment: name, overrides: set, out: store.path }, files: written };
    };
    return startTask(this.#connection, this.#stores, prepare, { signal, onProgress }, (answer) => {
      const { store: _, ...report } = answer.report;
      return { ...report, fit: new Fit(this.#connection, this.#stores, store, answer), store: () => store.read() };
    });
  }

  dispose() {
    this.#connection.dispose();
  }
}

/// A promise with `stop()`, which asks for what there is. Whatever is wrong with the call rejects the promise.
function startTask(connection, stores, prepare, { signal, onProgress }, finish) {
  const task = { stop() {} };
  const work = async () => {
    const message = { ...prepare(), drop: stores.takeDropped() };
    return finish(await connection.run(message, { signal, onProgress, task }));
  };
  return Object.assign(work(), { stop: () => task.stop() });
}

/// Stores are files of the worker's memory; one goes when nobody has it any more.
class Stores {
  #connection;
  #count = 0;
  #dropped = [];
  #registry = new FinalizationRegistry((path) => this.#dropped.push(path));

  constructor(connection) {
    this.#connection = connection;
  }

  add() {
    const store = new Store(this.#connection, `/stores/${++this.#count}.zarr.zip`, (path) => this.#dropped.push(path));
    this.#registry.register(store, store.path, store);
    return store;
  }

  takeDropped() {
    return this.#dropped.splice(0);
  }
}

class Store {
  #connection;
  #generation = null;
  #drop;

  constructor(connection, path, drop) {
    this.#connection = connection;
    this.path = path;
    this.#drop = drop;
  }

  /// Called when the store has been written.
  keep() {
    this.#generation = this.#connection.generation;
    return this;
  }

  /// Throws if the store went with a lost worker, or was disposed.
  use() {
    if (this.#generation === this.#connection.generation) return this.path;
    throw fail("E1001", "this result is gone: the engine was restarted, or the result disposed",
      "keep the bytes of store()");
  }

  async read() {
    return (await this.#connection.run({ command: "read", request: { store: this.use() } })).bytes;
  }

  dispose() {
    if (this.#generation !== null) this.#drop(this.path);
    this.#generation = null;
  }
}

const sections = ["seed", "hdi_prob", "reproducible"];
const modelKeys = ["kernel", "input", "output", "condition", "do"];
const dataKeys = ["bind", "arguments"];

/// Options of a fit as an experiment document; what is no key of model or data belongs to the inference.
function toDocument(source, options) {
  const document = { dolab: 1, model: { source }, data: {}, inference: {} };
  for (const [key, value] of Object.entries(options)) {
    if (value === undefined) continue;
    let section = document.inference;
    if (modelKeys.includes(key)) section = document.model;
    if (dataKeys.includes(key)) section = document.data;
    if (sections.includes(key)) section = document;
    section[key] = plain(value);
  }
  return document;
}

class Model {
  #connection;
  #stores;
  #source;
  #named;

  constructor(connection, stores, source, named, { kernel, parameters }) {
    this.#connection = connection;
    this.#stores = stores;
    this.#source = source;
    this.#named = named;
    Object.assign(this, { kernel, parameters });
  }

  #message(command, data, options, request = {}) {
    const { columns, files, path } = readData(data);
    const document = toDocument(this.#source, { ...this.#named, ...options });
    if (path) document.data.train = path;
    return { command, request: { document, staged: columns.length > 0, ...request }, columns, files };
  }

  async check({ data, at, gradient = false, dot = false, signal, ...options } = {}) {
    const message = this.#message("check", data, options, { gradient, dot });
    if (at !== undefined) {
      message.files.push({ path: "/job/at.json", bytes: toBytes(JSON.stringify(plain(at))) });
      message.request.at = "at.json";
    }
    return (await this.#connection.run(message, { signal })).report;
  }

  fit({ data, signal, onProgress, ...options } = {}) {
    const store = this.#stores.add();
    const prepare = () => this.#message("fit", data, options, { out: store.path });
    return startTask(this.#connection, this.#stores, prepare, { signal, onProgress },
      (answer) => new Fit(this.#connection, this.#stores, store, answer));
  }

  /// Draws of the prior.
  prior({ data, signal, onProgress, ...options } = {}) {
    const store = this.#stores.add();
    const prepare = () => this.#message("predict", data, options, { out: store.path });
    return startTask(this.#connection, this.#stores, prepare, { signal, onProgress },
      (answer) => new Draws(this.#connection, store, answer));
  }
}

/// A store with draws in it.
class Draws {
  #connection;
  #store;

  constructor(connection, store, { report, complete }) {
    this.#connection = connection;
    this.#store = store.keep();
    const { store: _, ...rest } = report;
    Object.assign(this, { report: rest, complete });
  }

  /// { data, shape, dims, dtype, group } of a site, chains and draws first.
  async draws(site, { signal } = {}) {
    return (await this.#connection.run({ command: "draws", request: { store: this.#store.use(), site } }, { signal })).report;
  }

  /// The bytes of a .zarr.zip.
  store() {
    return this.#store.read();
  }

  dispose() {
    this.#store.dispose();
  }
}

class Prediction extends Draws {
  constructor(connection, store, answer, scenario) {
    super(connection, store, answer);
    this.scenario = scenario; // { do, data }
  }
}

class Fit extends Draws {
  #connection;
  #stores;
  #store;

  constructor(connection, stores, store, answer) {
    super(connection, store, answer);
    this.#connection = connection;
    this.#stores = stores;
    this.#store = store;
    this.healthy = answer.healthy;
  }

  #message(command, data, request) {
    const { columns, files, path } = readData(data);
    const named = path ? { data: path } : {};
    const fit = this.#store.use();
    return { command, request: { fit, staged: columns.length > 0, ...named, ...request }, columns, files };
  }

  predict({ data, do: changes = {}, signal, onProgress, ...options } = {}) {
    const store = this.#stores.add();
    const prepare = () => this.#message("predict", data, { ...options, do: plain(changes), out: store.path });
    return startTask(this.#connection, this.#stores, prepare, { signal, onProgress },
      (answer) => new Prediction(this.#connection, store, answer, { do: changes, data }));
  }

  /// `baseline` and `intervention`: changes, or predictions of this fit on the same data.
  async effect({ data, baseline = {}, intervention = {}, signal, onProgress, ...options } = {}) {
    const scenario = (side) => (side instanceof Prediction ? side.scenario : { do: side, data });
    const sides = [scenario(baseline), scenario(intervention)];
    if (sides[0].data !== sides[1].data) {
      throw fail("E1103", "the two sides of the effect were predicted for different data",
        "change the argument within one call, as in intervention: { \"X.income\": { shift: 1 } }");
    }
    const [before, after] = sides.map((side) => plain(side.do));
    const message = this.#message("effect", sides[0].data, { ...options, baseline: before, intervention: after });
    const { report } = await this.#connection.run(message, { signal, onProgress });
    return { ...report, ...report.effects[0] };
  }

  async summary({ hdi_prob = 0.94, signal } = {}) {
    const request = { store: this.#store.use(), hdi_prob };
    return (await this.#connection.run({ command: "summary", request }, { signal })).report;
  }
}
