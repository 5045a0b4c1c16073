// Compiles native/, wasm/bind, zlib and zstd with Emscripten, wasm/src with TypeScript, and puts the package together
// in wasm/dist.
//
//   node wasm/build.mjs [--werror] [threads] [single] [tests-threads] [tests-single] [bench]
//
// Without names: threads and single. The tests are the suite of tests/native on the objects of either build, for Node;
// `bench` the kernels of tests/bench. Objects go to build/wasm/BUILD; one is compiled again only if its command, or a
// file that it includes, has changed. With --werror a warning ends the build.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, readFile, readdir, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import * as codecs from "./codecs.mjs";

const run = promisify(execFile);
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const work = "build/wasm"; // from the root, so that a moved tree keeps its objects
const dist = path.join(root, "wasm/dist");
// Used where there is one, as by CMake.
// By its path: newer Emscriptens look nowhere else.
const compilerCache = (process.env.PATH ?? "").split(":").map((folder) => path.join(folder, "ccache")).find(existsSync);
const warningsEnd = process.argv.includes("--werror");
const { version } = JSON.parse(await readFile(path.join(root, "package.json"), "utf8"));

// What is in build/wasm/host: header-only libraries of this machine, and the headers of zlib and zstd.
const headers = [...["boost", "eigen3", "nlohmann", "catch2"].map((name) => `/usr/include/${name}`),
  ...codecs.headers.map((name) => path.relative(`${work}/host`, name))];

const common = ["-std=c++20", "-Wall", "-Wextra", "-fexceptions", "-msimd128", "-ffp-contract=off",
  `-DDOLAB_VERSION="${version}"`, "-Inative", "-Inative/include", `-isystem${work}/host`, `-isystem${work}/host/eigen3`];
const kernels = ["-O3", "-fno-math-errno", "-fno-trapping-math", "-fno-exceptions"];
const linking = ["-O2", "-fexceptions", "-msimd128", "-sALLOW_MEMORY_GROWTH=1", "-sINITIAL_MEMORY=32MB", "-sMAXIMUM_MEMORY=2GB",
  "-sTOTAL_STACK=1MB", "-sWASM_BIGINT=1"];
const module = ["--bind", "-sMODULARIZE=1", "-sEXPORT_NAME=createDolab", "-sDYNAMIC_EXECUTION=0", "-sENVIRONMENT=worker,node",
  "-sFORCE_FILESYSTEM=1", "-sEXPORTED_RUNTIME_METHODS=FS", "-sNODEJS_CATCH_EXIT=0", "-sNODEJS_CATCH_REJECTION=0"];

// A program for Node; optimising its link would take longer than it saves.
const program = ["-O0", "-sENVIRONMENT=node,worker", "-sNODERAWFS=1", "-sEXIT_RUNTIME=1"];
const tests = ["-O1", "-Itests/native", "-I."];

const core = ["native", codecs.folder];
const builds = {
  threads: {
    compile: ["-O2", "-pthread"],
    link: [...module, "-pthread", "-sPTHREAD_POOL_SIZE=Module.dolabThreads||4", "-sPTHREAD_POOL_SIZE_STRICT=2",
      "-sDEFAULT_PTHREAD_STACK_SIZE=1MB"],
    sources: [...core, "wasm/bind"],
    output: "dolab.js",
  },
  single: { compile: ["-O2"], link: module, sources: [...core, "wasm/bind"], output: "dolab-single.js" },
  "tests-threads": {
    compile: [...tests, "-pthread"],
    // main blocks, so it runs in a thread too, and all threads stand ready.
    link: [...program, "-pthread", "-sPROXY_TO_PTHREAD=1", "-sPTHREAD_POOL_SIZE=24", "-sPTHREAD_POOL_SIZE_STRICT=2",
      "-sDEFAULT_PTHREAD_STACK_SIZE=1MB"],
    sources: ["tests/native"],
    objects: "threads", // what they test
    output: "dolab-tests.js",
  },
  "tests-single": {
    compile: tests,
    link: program,
    sources: ["tests/native"],
    objects: "single",
    output: "dolab-tests.js",
  },
  bench: {
    compile: ["-O2"],
    link: ["-sENVIRONMENT=node", "-sNODERAWFS=1", "-sEXIT_RUNTIME=1"],
    sources: ["tests/bench"],
    objects: "single",
    output: "kernels-bench.js",
  },
};

/// [{ source, compiler, first, last }]: the options in front of the build's and behind them.
async function sourcesUnder(folder) {
  const entries = await readdir(path.join(root, folder), { recursive: true });
  const files = entries.filter((name) => name.endsWith(".cpp")).map((name) => path.join(folder, name))
    .filter((name) => !/^native\/cli\/|kernels_(sse|avx|generic)/.test(name)).sort();
  const alone = files.filter((name) => name.startsWith("native/tensor/kernels/") || name.startsWith("tests/bench/"));
  const together = await gather(files.filter((name) => !alone.includes(name)));
  return [...alone, ...together]
    .map((source) => ({ source, compiler: "em++", first: common, last: source.includes("/kernels/kernels_") ? kernels : [] }));
}

/// Sources that include up to six files of a folder each: half the time from scratch, as CMakeLists.txt has it.
async function gather(files) {
  const parts = new Map();
  for (const file of files) {
    const folder = path.dirname(file).replaceAll("/", "_");
    const count = files.filter((other) => path.dirname(other) === path.dirname(file)).indexOf(file);
    const source = `${work}/together/${folder}_${Math.floor(count / 6)}.cpp`;
    parts.set(source, `${parts.get(source) ?? ""}#include "../../../${file}"\n`);
  }
  await mkdir(`${work}/together`, { recursive: true });
  for (const [source, text] of parts) {
    const known = await readFile(source, "utf8").catch(() => "");
    if (known !== text) await writeFile(source, text);
  }
  return [...parts.keys()];
}

async function changedAt(file) {
  return (await stat(file).catch(() => null))?.mtimeMs ?? Infinity;
}

async function isCurrent(object, command) {
  if (!existsSync(object)) return false;
  const known = await readFile(`${object}.command`, "utf8").catch(() => "");
  const depends = await readFile(object.replace(/\.o$/, ".d"), "utf8").catch(() => "");
  if (known !== command || !depends) return false;
  const made = await changedAt(object);
  const files = depends.replaceAll("\\\n", " ").slice(depends.indexOf(":") + 1).split(/\s+/).filter(Boolean);
  const times = await Promise.all(files.map((file) => changedAt(path.resolve(root, file))));
  return times.every((time) => time < made);
}

const objectOf = (source, build) => path.join(work, build, source.replace(`${work}/`, "").replace(/\.c(pp)?$/, ".o"));

/// True if there was something to compile. The error is what the compiler says.
async function compile({ source, compiler, first, last }, build, options) {
  const object = objectOf(source, build);
  const command = [...first, ...options, ...last, "-MMD", "-c", source, "-o", object];
  if (await isCurrent(object, command.join(" "))) return false;
  await mkdir(path.dirname(object), { recursive: true });
  await rm(`${object}.command`, { force: true });
  const started = new Date();
  const { stderr } = await emscripten(compiler, command);
  await utimes(object, started, started); // what was edited in the meantime is newer
  if (stderr.trim() && warningsEnd) throw new Error(`${source}\n${stderr}`);
  if (stderr.trim()) process.stderr.write(`${source}\n${stderr}`);
  await writeFile(`${object}.command`, command.join(" "));
  return true;
}

function emscripten(compiler, args) {
  // Debian's Emscripten finds acorn only with its own folder of modules.
  const cached = compilerCache ? { EM_COMPILER_WRAPPER: compilerCache, CCACHE_BASEDIR: root } : {};
  const env = { NODE_PATH: "/usr/share/nodejs", ...cached, ...process.env };
  return run(compiler, args, { cwd: root, env, maxBuffer: 1 << 26 }).catch((error) => {
    throw new Error(error.stderr || error.message);
  });
}

async function compileAll(build, options, folders) {
  const listed = folders.map((folder) => (folder === codecs.folder ? codecs.sources() : sourcesUnder(folder)));
  const sources = (await Promise.all(listed)).flat();
  const waiting = sources.values();
  let compiled = 0;
  const worker = async () => {
    for (const source of waiting) if (await compile(source, build, options)) compiled += 1;
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return { compiled, objects: sources.map(({ source }) => objectOf(source, build)) };
}

async function make(name) {
  const started = performance.now();
  const build = builds[name];
  const { compiled, objects } = await compileAll(name, build.compile, build.sources);
  if (build.objects) objects.push(...(await compileAll(build.objects, builds[build.objects].compile, core)).objects);
  const output = path.join(work, name, build.output);
  const newest = Math.max(...(await Promise.all(objects.map(changedAt))));
  const command = [...linking, ...build.link, "-o", output].join(" ");
  const known = await readFile(`${output}.command`, "utf8").catch(() => "");
  const link = known !== command || !existsSync(output) || (await changedAt(output)) < newest;
  if (link) {
    await rm(`${output}.command`, { force: true });
    await writeFile(path.join(work, name, "objects.txt"), objects.map((object) => `"${object}"`).join("\n"));
    await emscripten("em++", [...linking, ...build.link, `@${path.join(work, name, "objects.txt")}`, "-o", output]);
    await writeFile(`${output}.command`, command);
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`${name}: ${compiled} of ${objects.length} objects compiled, ${link ? "linked" : "nothing to link"}, ${seconds} s`);
  return output;
}

/// Compiles src/ into dist/, where nothing of an older build stays but the modules.
async function compilePackage() {
  const compiler = "web/node_modules/typescript/bin/tsc";
  if (!existsSync(compiler)) await run("npm", ["ci", "--prefix", "web", "--no-audit", "--no-fund"], { cwd: root });
  await mkdir(dist, { recursive: true });
  for (const name of await readdir(dist)) if (!/^dolab[-.]/.test(name)) await rm(path.join(dist, name));
  await run(process.execPath, [compiler, "--project", "wasm"], { cwd: root }).catch((error) => {
    throw new Error(error.stdout || error.message);
  });
}

/// Another compiler's objects are made anew.
async function noteCompiler() {
  const { stdout } = await run("emcc", ["-dumpversion"]);
  const note = path.join(work, "emscripten.txt");
  const known = (await readFile(note, "utf8").catch(() => "")) || stdout;
  if (known !== stdout) for (const name of Object.keys(builds)) await rm(path.join(work, name), { recursive: true, force: true });
  await writeFile(note, stdout);
}

/// From Emscripten 3.1.58 on a thread runs dolab.js itself; bundlers must not look for the script that others start.
async function forgetThreadScript() {
  await rm(path.join(dist, "dolab.worker.js"), { force: true });
  for (const file of ["index.browser.mjs", "index.node.mjs"].map((name) => path.join(dist, name))) {
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace(/ *pthread: [^\n]*?dolab\.worker\.js[^\n]*?\)(\.href)?,\n?/, ""));
  }
}

async function report(file) {
  const bytes = await readFile(file);
  const zipped = await promisify(gzip)(bytes, { level: 9 });
  const brotli = await promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
  const kilobytes = [bytes, zipped, brotli].map((data) => (data.length / 1000).toFixed(0).padStart(6));
  console.log(`${path.basename(file).padEnd(20)} ${kilobytes[0]} kB, gzip ${kilobytes[1]} kB, brotli ${kilobytes[2]} kB`);
}

async function main() {
  process.chdir(root);
  const given = process.argv.slice(2).filter((name) => name !== "--werror");
  const names = given.length > 0 ? given : ["threads", "single"];
  const unknown = names.find((name) => !builds[name]);
  if (unknown) throw new Error(`no build "${unknown}"; there are ${Object.keys(builds).join(", ")}`);
  await mkdir(path.join(work, "host"), { recursive: true });
  await codecs.fetchCodecs();
  for (const file of headers) {
    await symlink(file, path.join(work, "host", path.basename(file))).catch((error) => {
      if (error.code !== "EEXIST") throw error;
    });
  }
  await noteCompiler();
  await compilePackage();
  for (const [library, file] of Object.entries(codecs.licenses)) await cp(file, path.join(dist, `LICENSE.${library}`));
  for (const name of names) {
    const output = await make(name);
    if (!builds[name].sources.includes("wasm/bind")) continue;
    const stem = output.replace(/\.js$/, "");
    for (const file of [`${stem}.js`, `${stem}.wasm`, `${stem}.worker.js`]) {
      if (existsSync(file)) await cp(file, path.join(dist, path.basename(file)));
    }
    if (name === "threads" && !existsSync(`${stem}.worker.js`)) await forgetThreadScript();
    await report(`${stem}.js`);
    await report(`${stem}.wasm`);
  }
}

await main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
