// The worker that owns one WebAssembly module. A classic script: browsers run it as it is, Node through node-worker.js.
// It answers one request at a time; each answer carries the request's id.
(() => {
  type ToWorker = import("./protocol.mjs").ToWorker;
  type FromWorker = import("./protocol.mjs").FromWorker;
  type Commands = import("./protocol.mjs").Commands;
  type Answers = import("./protocol.mjs").Answers;
  type WrittenFile = import("./protocol.mjs").WrittenFile;
  type RunMessage = import("./protocol.mjs").RunMessage<WrittenFile>;
  type Piece = import("./protocol.mjs").Piece;
  type StagedColumn = import("./protocol.mjs").StagedColumn;
  type CopiedArray = import("./protocol.mjs").CopiedArray;
  type HandedOut = import("./protocol.mjs").HandedOut;
  type Pace = import("./protocol.mjs").Pace;
  type ErrorDetails = import("./errors.mjs").ErrorDetails;
  type Module = import("./emscripten.mjs").Module;
  type ModuleOptions = import("./emscripten.mjs").ModuleOptions;
  type CallResult = import("./emscripten.mjs").CallResult;

  const scope = globalThis as unknown as import("./emscripten.mjs").WorkerScope;
  const host = scope.dolabHost ?? {
    search: scope.location.search,
    post: (message: FromWorker, transfer: ArrayBuffer[] = []) => scope.postMessage(message, transfer),
    listen: (receive: (message: ToWorker) => void) => (scope.onmessage = (event) => receive(event.data)),
    load: (url: string) => {
      scope.importScripts(url);
      return scope.createDolab;
    },
    exit: () => scope.close(),
  };
  const asked = new URLSearchParams(host.search); // by tests
  const fault = asked.get("fault");
  const faulty = asked.get("in")?.split(",") ?? ["fit", "run"];
  let spared = Number(asked.get("after")); // so many of these commands go well
  let module: Module;
  let memory: WebAssembly.Memory | null = null; // shared memory, of the build with threads
  const checkpointShare = 0.1; // of the time of a fit, at most
  let ending: "finish_early" | "abandon" | null = null; // what the caller wants of the fit that runs by slices

  // Memory may have grown since the last look: views are made anew each time.
  const buffer = () => (memory ? memory.buffer : module.HEAPU8.buffer);
  const numbersAt = (address: number, size: number) => new Float64Array(buffer(), address, size);

  /// Thrown for what the engine refuses; anything else leaves the module in a state that nobody knows.
  class Refusal extends Error {
    constructor(readonly details: ErrorDetails) {
      super(details.message);
    }
  }

  function callAny(command: keyof Commands, request: object): Exclude<CallResult, { error: ErrorDetails }> {
    const answer = JSON.parse(module.call(command, JSON.stringify(request))) as CallResult;
    if ("error" in answer) throw new Refusal(answer.error);
    return answer;
  }

  function call<C extends keyof Commands>(command: C, request: Commands[C]["request"]) {
    return callAny(command, request) as Answers["run"] & { report: Commands[C]["report"] };
  }

  // \0asm, and one exported function with the instruction `unreachable`.
  const trapping = "0061736d010000000104016000000302010007080104747261700000" + "0a05010300000b";

  /// Makes commands go wrong, for tests.
  function provoke(what: string) {
    if (what === "hang") for (;;);
    if (what === "lost") host.exit();
    if (what === "trap") {
      const bytes = Uint8Array.from(trapping.match(/../g) ?? [], (byte) => parseInt(byte, 16));
      (new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports.trap as () => void)();
    }
    if (what === "oom") for (let i = 0; ; ++i) call("stage", { name: `${i}`, dtype: "real", shape: [2 ** 26] });
  }

  async function start(message: Extract<ToWorker, { kind: "start" }>): Promise<Answers["start"]> {
    if (fault === "start") return new Promise(() => {});
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
    for (const folder of ["/stores", "/kept", "/job"]) module.FS.mkdir(folder);
    module.FS.chdir("/job");
    const shared = memory && { buffer: memory.buffer as unknown as SharedArrayBuffer, address: module.control() };
    return { report, control: shared };
  }

  function makeFolderOf(path: string) {
    const folder = path.slice(0, path.lastIndexOf("/"));
    if (folder) module.FS.mkdirTree(folder);
  }

  function writeFile(path: string, bytes: Uint8Array) {
    makeFolderOf(path);
    module.FS.writeFile(path, bytes, { canOwn: true });
  }

  /// A file in a folder of its own; kept ones appear in the job's folder under the names that they have there.
  function place(file: WrittenFile) {
    if ("bytes" in file) return writeFile(file.path, file.bytes);
    makeFolderOf(file.path);
    module.FS.symlink(file.link, file.path);
  }

  let arriving = new Uint8Array(0);

  function takePiece({ path, size, first, bytes }: Piece) {
    if (first === 0) arriving = new Uint8Array(size);
    arriving.set(bytes, first);
    if (first + bytes.length < size) return {};
    writeFile(path, arriving);
    arriving = new Uint8Array(0);
    return {};
  }

  function forget(paths: string[]) {
    const kept = paths.filter((path) => path.startsWith("/kept/"));
    const stores = paths.filter((path) => !path.startsWith("/kept/"));
    for (const path of kept) if (module.FS.analyzePath(path).exists) module.FS.unlink(path);
    if (stores.length > 0) call("forget", { stores });
  }

  const namesIn = (folder: string) => module.FS.readdir(folder).filter((name) => name !== "." && name !== "..");

  function memoryInUse(): Answers["memory"] {
    const sizesIn = (folder: string) => namesIn(folder).map((name) => module.FS.stat(`${folder}/${name}`).size);
    const sum = (sizes: number[]) => sizes.reduce((all, size) => all + size, 0);
    const stores = sizesIn("/stores");
    const file_bytes = sum(sizesIn("/kept"));
    return { heap_bytes: buffer().byteLength, stores: stores.length, store_bytes: sum(stores), file_bytes };
  }

  function removeContents(folder: string) {
    for (const name of namesIn(folder)) {
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

  function copied(answer: Answers["run"]): Answers["run"] {
    if (!answer.arrays) return answer;
    const arrays: Record<string, CopiedArray> = {};
    for (const [name, array] of Object.entries(answer.arrays)) {
      const { address, size, shape, dtype } = array as unknown as HandedOut;
      arrays[name] = { data: Float64Array.from(numbersAt(address, size)), shape, dtype };
    }
    return { ...answer, arrays };
  }

  async function run(message: RunMessage): Promise<Answers["run"]> {
    const { command, request, files = [], columns = [], drop = [], pace } = message;
    forget(drop);
    try {
      call("stage", {});
      for (const file of files) place(file);
      for (const column of columns) stage(column);
      if (fault && faulty.includes(command) && spared-- <= 0) provoke(fault);
      return copied(pace ? await runBySlices(command, request, pace) : (callAny(command, request) as Answers["run"]));
    } finally {
      removeContents("/job");
    }
  }

  /// Messages that have come in the meantime are seen before it goes on.
  const lookUp = () =>
    new Promise<void>((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(null);
    });

  async function runBySlices(command: keyof Commands, request: object, pace: Pace): Promise<Answers["run"]> {
    ending = null;
    let next = performance.now() + 1000 * (pace.checkpoint ?? Infinity);
    let answer = callAny(command, { ...request, slice_seconds: pace.slice });
    while ("unfinished" in answer) {
      await lookUp();
      if (ending) return finish(ending);
      const before = performance.now();
      if (before >= next) {
        postCheckpoint();
        const after = performance.now();
        next = after + Math.max(1000 * (pace.checkpoint ?? 0), (after - before) / checkpointShare);
      }
      answer = callAny("continue", { slice_seconds: pace.slice });
    }
    return answer;
  }

  function finish(how: "finish_early" | "abandon"): Answers["run"] {
    const answer = call(how, {});
    if (how === "finish_early") return answer;
    throw new Refusal({ code: "E1201", message: "cancelled" });
  }

  function postCheckpoint() {
    const path = "/job/checkpoint.zarr.zip";
    call("checkpoint", { out: path });
    const bytes = module.FS.readFile(path);
    module.FS.unlink(path);
    host.post({ kind: "checkpoint", bytes }, [bytes.buffer]);
  }

  function perform(message: Exclude<ToWorker, { kind: "end" }>): Promise<Answers[keyof Answers]> | Answers[keyof Answers] {
    switch (message.kind) {
      case "start":
        return start(message);
      case "run":
        return run(message.message);
      case "piece":
        return takePiece(message.piece);
      case "read":
        return { bytes: module.FS.readFile(message.path) };
      case "memory":
        forget(message.drop);
        return memoryInUse();
    }
  }

  function transferable(result: Answers[keyof Answers]): ArrayBuffer[] {
    if ("heap_bytes" in result) return [];
    if ("bytes" in result) return [result.bytes.buffer];
    return "arrays" in result ? Object.values(result.arrays ?? {}).map((array) => array.data.buffer) : [];
  }

  async function answer(message: ToWorker) {
    if (message.kind === "end") return void (ending = message.how);
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
