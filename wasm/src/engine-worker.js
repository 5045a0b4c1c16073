// The worker that owns one WebAssembly module. A classic script: browsers run it as it is, Node through node-worker.js.
// It answers one request at a time; each answer carries the request's id.
"use strict";

(() => {
  const host = globalThis.dolabHost ?? {
    post: (message, transfer = []) => self.postMessage(message, transfer),
    listen: (receive) => (self.onmessage = (event) => receive(event.data)),
    load: (url) => {
      importScripts(url);
      return self.createDolab;
    },
  };
  const controlBytes = 176;
  const kinds = { boolean: Uint8Array, integer: Float64Array, real: Float64Array };
  let module = null;
  let memory = null; // shared memory, of the build with threads

  // Memory may have grown since the last look: views are made anew each time.
  const buffer = () => (memory ? memory.buffer : module.HEAPU8.buffer);
  const numbersAt = (address, size) => new Float64Array(buffer(), address, size);

  /// Runs a command of the engine; an answer with an error is thrown.
  function call(command, request) {
    const answer = JSON.parse(module.call(command, JSON.stringify(request)));
    if (answer.error) throw Object.assign(new Error(answer.error.message), { located: answer.error });
    return answer;
  }

  async function start({ assets, build, threads }) {
    const create = host.load(assets.script);
    const options = {
      wasmBinary: assets.wasmBinary,
      mainScriptUrlOrBlob: assets.script,
      locateFile: (name) => (name.endsWith(".worker.js") ? assets.pthread : assets.wasm),
      dolabThreads: Math.max(threads - 1, 1),
      onDolabProgress: (address) =>
        host.post({ progress: new Uint8Array(buffer()).slice(address, address + controlBytes) }),
    };
    if (build === "threads") {
      memory = new WebAssembly.Memory({ initial: 512, maximum: 32768, shared: true });
      options.wasmMemory = memory;
    }
    module = await create(options);
    const { report } = call("start", { threads: build === "threads" ? threads : 1 });
    for (const folder of ["/stores", "/job"]) module.FS.mkdir(folder);
    module.FS.chdir("/job");
    return { report, control: memory ? { buffer: memory.buffer, address: module.control() } : null };
  }

  function writeFile(path, bytes) {
    const folder = path.slice(0, path.lastIndexOf("/"));
    if (folder) module.FS.mkdirTree(folder);
    module.FS.writeFile(path, bytes);
  }

  function removeFolder(folder) {
    for (const name of module.FS.readdir(folder)) {
      if (name === "." || name === "..") continue;
      const path = `${folder}/${name}`;
      if (module.FS.isDir(module.FS.stat(path).mode)) {
        removeFolder(path);
        module.FS.rmdir(path);
      } else {
        module.FS.unlink(path);
      }
    }
  }

  function stage(column) {
    const { values, ...request } = column;
    const { address } = call("stage", request).report;
    if (values) numbersAt(address, values.length).set(values);
  }

  function run({ command, request, files = [], columns = [], drop = [] }) {
    for (const path of drop) if (module.FS.analyzePath(path).exists) module.FS.unlink(path);
    try {
      call("stage", {});
      for (const { path, bytes } of files) writeFile(path, bytes);
      for (const column of columns) stage(column);
      if (command === "read") return { bytes: module.FS.readFile(request.store) };
      const answer = call(command, request);
      if (command === "draws") {
        const { address, size, dtype, ...rest } = answer.report;
        return { report: { ...rest, dtype, data: kinds[dtype].from(numbersAt(address, size)) } };
      }
      return answer;
    } finally {
      removeFolder("/job");
    }
  }

  async function answer(message) {
    try {
      const result = message.start ? await start(message.start) : run(message.run);
      const bulk = result.bytes ?? result.report?.data;
      host.post({ id: message.id, result }, bulk ? [bulk.buffer] : []);
    } catch (error) {
      // Anything but an error of the engine leaves the module in a state that nobody knows.
      const text = error instanceof Error ? error.message : String(error);
      host.post(error?.located ? { id: message.id, error: error.located } : { id: message.id, crash: text });
    }
  }

  host.listen(answer);
})();
