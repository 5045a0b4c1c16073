// How fast the WebAssembly build is beside the native one limited to SSE4.2, in one run: every kernel, and whole
// experiments. Prints one table; JSON with --json.
//
//   node wasm/build.mjs && node wasm/build.mjs bench && cmake --build build --target dolab_program kernels_bench
//   node tests/bench/wasm_against_native.mjs [--json] [--rounds N] [PART OF A KERNEL'S NAME]
//
// A kernel's time is the least of all rounds, which take turns; ratios are native time over WASM time.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createEngine } from "../../wasm/dist/index.node.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const build = process.env.DOLAB_BUILD ?? path.join(root, "build");
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "boolean" }, rounds: { type: "string", default: "3" } },
});
const rounds = Number(options.rounds);
const environment = { ...process.env, DOLAB_ISA: "sse4.2" };

function kernels(command, args) {
  const text = execFileSync(command, args, { cwd: root, env: environment, maxBuffer: 1 << 26 }).toString();
  return JSON.parse(text).kernels.map(({ type, kernel, ns }) => [`${type} ${kernel}`, ns]);
}

function least(times, measured) {
  for (const [name, ns] of measured) times.set(name, Math.min(times.get(name) ?? Infinity, ns));
}

function everyKernel(part) {
  const [native, wasm] = [new Map(), new Map()];
  for (let round = 0; round < rounds; round += 1) {
    least(native, kernels(path.join(build, "bin/kernels_bench"), [part, "sse4.2"]));
    const script = path.join(build, "wasm/bench/kernels-bench.js");
    least(wasm, kernels(process.execPath, ["--no-experimental-fetch", script, part, "wasm"]));
  }
  return [...native].filter(([name]) => wasm.has(name))
    .map(([name, ns]) => ({ name, native_ns: ns, wasm_ns: wasm.get(name), ratio: ns / wasm.get(name) }));
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/// Seconds of an experiment by the program (as it reports them, start of the process excluded) and by the package.
async function experiment(engine, folder, file, set, threads) {
  const place = path.join(root, "examples", folder);
  const store = path.join(mkdtempSync(path.join(tmpdir(), "dolab-bench-")), "run.zarr");
  const { model, data } = JSON.parse(readFileSync(path.join(place, file), "utf8"));
  const named = [model.file, data.train].filter((name) => typeof name === "string");
  const files = Object.fromEntries(named.map((name) => [name, readFileSync(path.join(place, name))]));
  const [native, wasm] = [[], []];
  const changes = set.flatMap((change) => ["--set", change]);
  for (let round = 0; round <= rounds; round += 1) {  // the first one warms up
    const args = ["run", path.join(place, file), "--json", "--threads", `${threads}`, "--overwrite", "--out", store, ...changes];
    const printed = execFileSync(path.join(build, "bin/dolab"), args, { env: environment, maxBuffer: 1 << 28 });
    const started = performance.now();
    const { fit } = await engine.run(readFileSync(path.join(place, file), "utf8"), { files, set });
    if (round > 0) {
      wasm.push((performance.now() - started) / 1000);
      native.push(Object.entries(JSON.parse(printed).seconds)
        .filter(([part]) => ["total", "effects", "write"].includes(part)).reduce((sum, [, seconds]) => sum + seconds, 0));
    }
    fit.dispose();
  }
  rmSync(path.dirname(store), { recursive: true });
  return { name: `${folder}/${file}, ${threads} threads`, native_s: median(native), wasm_s: median(wasm), ratio: median(native) / median(wasm) };
}

const geometricMean = (rows) => Math.exp(rows.reduce((sum, { ratio }) => sum + Math.log(ratio), 0) / rows.length);
const isProduct = ({ name }) => /^f32 multiply_\d+x\d+x\d+$/.test(name);

const found = everyKernel(positionals[0] ?? "");
const whole = [];
if (positionals.length === 0) {
  for (const threads of [1, 2]) {
    const engine = await createEngine({ threads });
    whole.push(await experiment(engine, "confounder", "confounder.dolab.json", ["inference.steps=40000"], threads));
    whole.push(await experiment(engine, "eight-schools", "eight-schools.dolab.json", [], threads));
    whole.push(await experiment(engine, "california", "california.dolab.json", [], threads));
    engine.dispose();
  }
}
const summary = {
  kernels: found.length,
  geometric_mean: geometricMean(found),
  float32_products: geometricMean(found.filter(isProduct)),
  end_to_end: whole.length > 0 ? geometricMean(whole) : null,
};
if (options.json) {
  console.log(JSON.stringify({ summary, kernels: found, experiments: whole }, null, 1));
} else {
  for (const { name, native_ns: native, wasm_ns: wasm, ratio } of found.sort((a, b) => a.ratio - b.ratio)) {
    console.log(`${name.padEnd(44)} ${native.toFixed(3).padStart(16)} ns ${wasm.toFixed(3).padStart(16)} ns ${ratio.toFixed(2).padStart(7)}`);
  }
  for (const { name, native_s: native, wasm_s: wasm, ratio } of whole) {
    console.log(`${name.padEnd(44)} ${native.toFixed(3).padStart(16)} s  ${wasm.toFixed(3).padStart(16)} s  ${ratio.toFixed(2).padStart(7)}`);
  }
  console.log(summary);
}
