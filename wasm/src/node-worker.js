// Node's side of engine-worker.js.
"use strict";

const { parentPort } = require("node:worker_threads");

globalThis.dolabHost = {
  post: (message, transfer = []) => parentPort.postMessage(message, transfer),
  listen: (receive) => parentPort.on("message", receive),
  load: (path) => require(path),
};
require("./engine-worker.js");
