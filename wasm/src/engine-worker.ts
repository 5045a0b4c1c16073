// The worker that owns one WebAssembly module. A classic script: browsers run it as it is, Node through node-worker.js.
// It answers one request at a time; each answer carries the request's id.
(() => {
  type ToWorker = import("./protocol.mjs").ToWorker;
  type FromWorker = import("./protocol.mjs").FromWorker;
  type Commands = import("./protocol.mjs").Commands;
  type Answers = import("./protocol.mjs").Answers;
  type RunMessage = import("./protocol.mjs").RunMessage;
  type StagedColumn = import("./protocol.mjs").StagedColumn;
  type ErrorDetails = import("./errors.mjs").ErrorDetails;
  type Module = import("./emscripten.mjs").Module;
  type ModuleOptions = import("./emscripten.mjs").ModuleOptions;
  type CallResult = import("./emscripten.mjs").CallResult;

  const scope = globalThis as unknown as import("./emscripten.mjs").WorkerScope;
  const host = scope.dolabHost ?? {
    post: (message: FromWorker, transfer: ArrayBuffer[] = []) => scope.postMessage(message, transfer),
    listen: (receive: (message: ToWorker) => void) => (scope.onmessage = (event) => receive(event.data)),
    load: (url: string) => {
      scope.importScripts(url);
      return scope.createDolab;
    },
  };
  const kinds = { boolean: Uint8Array, integer: Float64Array, real: Float64Array };
  let module: Module;
  let memory: WebAssembly.Memory | null = null; // shared memory, of the build with threads

  // Memory may have grown since the last look: views are made anew each time.
  const buffer = () => (memory ? memory.buffer : module.HEAPU8.buffer);
  const numbersAt = (address: number, size: number) => new Float64Array(buffer(), address, size);

  /// Thrown for what the engine refuses; anything else leaves the module in a state that nobody knows.
  class Refusal extends Error {
    constructor(readonly details: ErrorDetails) {
      super(details.message);
    }
  }

  function call<C extends keyof Commands>(command: C, request: Commands[C]["request"]) {
    const answer = JSON.parse(module.call(command, JSON.stringify(request))) as CallResult;
    if ("error" in answer) throw new Refusal(answer.error);
    return answer as Answers["run"] & { report: Commands[C]["report"] };
  }

  async function start(message: Extract<ToWorker, { kind: "start" }>): Promise<Answers["start"]> {
    const { assets, build, threads, controlBytes } = message;
    const create = host.load(assets.script);
    const locate = (name: string) => (name.endsWith(".worker.js") ? assets.pthread : assets.wasm) ?? name;
    const options: ModuleOptions = {
      mainScriptUrlOrBlob: assets.script,
      locateFile: locate,
      dolabThreads: Math.max(threads - 1, 1),
      onDolabProgress: (address) =>
        host.post({ kind: "progress", control: new Uint8Array(buffer(), address, controlBytes).slice() }),
    };
    if (assets.wasmBinary) options.wasmBinary = assets.wasmBinary;
    if (build === "threads") {
      memory = new WebAssembly.Memory({ initial: 512, maximum: 32768, shared: true });
      options.wasmMemory = memory;
    }
    module = await create(options);
    const { report } = call("start", { threads: build === "threads" ? threads : 1 });
    for (const folder of ["/stores", "/job"]) module.FS.mkdir(folder);
    module.FS.chdir("/job");
    const shared = memory && { buffer: memory.buffer as unknown as SharedArrayBuffer, address: module.control() };
    return { report, control: shared };
  }

  function writeFile(path: string, bytes: Uint8Array) {
    const folder = path.slice(0, path.lastIndexOf("/"));
    if (folder) module.FS.mkdirTree(folder);
    module.FS.writeFile(path, bytes);
  }

  function removeContents(folder: string) {
    for (const name of module.FS.readdir(folder)) {
      if (name === "." || name === "..") continue;
      const path = `${folder}/${name}`;
      if (module.FS.isDir(module.FS.stat(path).mode)) {
        removeContents(path);
        module.FS.rmdir(path);
      } else {
        module.FS.unlink(path);
      }
    }
  }

  function stage({ values, ...request }: StagedColumn) {
    const { address } = call("stage", request).report;
    if (values && address !== undefined) numbersAt(address, values.length).set(values);
  }

  function run({ command, request, files = [], columns = [], drop = [] }: RunMessage): Answers["run"] {
    for (const path of drop) if (module.FS.analyzePath(path).exists) module.FS.unlink(path);
    try {
      call("stage", {});
      for (const { path, bytes } of files) writeFile(path, bytes);
      for (const column of columns) stage(column);
      const answer = call(command, request);
      return command === "draws" || command === "table" ? { ...answer, report: withNumbers(answer.report) } : answer;
    } finally {
      removeContents("/job");
    }
  }

  /// The report of an array, with the numbers that its address names.
  function withNumbers(report: unknown) {
    const { address, size, ...rest } = report as Commands["draws" | "table"]["report"];
    return { ...rest, data: kinds[rest.dtype].from(numbersAt(address, size)) };
  }

  function perform(message: ToWorker): Promise<Answers["start"]> | Answers["run"] | Answers["read"] {
    switch (message.kind) {
      case "start":
        return start(message);
      case "run":
        return run(message.message);
      case "read":
        return { bytes: module.FS.readFile(message.path) };
    }
  }

  function transferable(result: Answers[keyof Answers]): ArrayBuffer[] {
    if ("bytes" in result) return [result.bytes.buffer];
    const data = (result.report as { data?: unknown } | null)?.data;
    return ArrayBuffer.isView(data) ? [data.buffer as ArrayBuffer] : [];
  }

  async function answer(message: ToWorker) {
    const { id } = message;
    try {
      const result = await perform(message);
      host.post({ kind: "result", id, result }, transferable(result));
    } catch (error) {
      if (error instanceof Refusal) return host.post({ kind: "error", id, error: error.details });
      host.post({ kind: "crash", id, reason: error instanceof Error ? error.message : String(error) });
    }
  }

  host.listen((message) => void answer(message));
})();
