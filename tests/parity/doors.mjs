// Every example through every door: the command line, Node, and Chromium isolated (threads) and not (one thread), from
// the same experiment file. Prints one table, checks it against expected.json, and ends with "N passed, N failed".
//
//   node tests/parity/doors.mjs [FOLDER ...]
//
// Strict arithmetic gives the same bits everywhere; the command line's default may differ from it within Monte-Carlo error.
import { execFile, execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { chromium } from "@playwright/test";
import { createEngine } from "dolab";
import { chromiumOptions } from "../e2e/chromium.mjs";
import { serve } from "../e2e/server.mjs";
import { throughPackage } from "./through_package.mjs";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const program = process.env.DOLAB ?? path.join(root, "build/bin/dolab");

function examples() {
  const folders = process.argv.length > 2 ? process.argv.slice(2) : readdirSync(path.join(root, "examples"));
  return folders.flatMap((folder) => {
    const place = path.join(root, "examples", folder);
    if (!existsSync(path.join(place, "expected.json"))) return [];
    const expected = JSON.parse(readFileSync(path.join(place, "expected.json"), "utf8"));
    if ((expected.generated ?? []).some((made) => !existsSync(path.join(place, made)))) {
      execFileSync("python3", [path.join(place, "generate.py")]);
    }
    return Object.entries(expected.experiments).map(([file, wanted]) => ({ folder, file, wanted }));
  });
}

/// What a door answers: effects' averages, and means and sds of the sites with one value.
const facts = ({ effects = [], sites = {} }) => {
  const ofEffects = effects.flatMap(({ ate }, i) => [[`effect ${i + 1}`, ate.mean, ate.sd]]);
  const ofSites = Object.entries(sites).filter(([, site]) => typeof site.mean === "number");
  return [...ofEffects, ...ofSites.map(([name, { mean, sd }]) => [name, mean, sd])];
};

async function throughProgram(folder, file, more) {
  const store = path.join(root, `build/parity-${process.pid}.zarr`);
  const call = async (...args) => {
    const { stdout } = await promisify(execFile)(program, [...args, "--json"], { cwd: root, maxBuffer: 1 << 28 });
    return JSON.parse(stdout);
  };
  const { effects } = await call("run", `examples/${folder}/${file}`, "--out", store, "--overwrite", ...more);
  const { sites } = await call("summary", store);
  return facts({ effects, sites });
}

function filesOf(folder, file) {
  const experiment = JSON.parse(readFileSync(path.join(root, "examples", folder, file), "utf8"));
  return [experiment.model.file, experiment.data?.train].filter((name) => typeof name === "string");
}

async function throughNode(engine, folder, file) {
  const place = path.join(root, "examples", folder);
  const named = await Promise.all(filesOf(folder, file).map(async (name) => [name, await readFile(path.join(place, name))]));
  const experiment = await readFile(path.join(place, file), "utf8");
  return facts(await throughPackage(engine, experiment, Object.fromEntries(named)));
}

async function startPage(browser, isolated) {
  const { server, origin } = await serve({ isolated });
  const page = await browser.newPage();
  await page.goto(`${origin}/tests/e2e/blank.html`);
  const build = await page.evaluate(async () => {
    globalThis.engine = await (await import("/wasm/dist/index.browser.mjs")).createEngine();
    return globalThis.engine.info.build;
  });
  const run = async (folder, file) => {
    const request = { place: `/examples/${folder}/`, file, names: filesOf(folder, file) };
    return facts(
      await page.evaluate(async ({ place, file, names }) => {
        const bytes = async (name) => (await fetch(place + name)).arrayBuffer();
        const files = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await bytes(name)])));
        const experiment = await (await fetch(place + file)).text();
        const { throughPackage } = await import("/tests/parity/through_package.mjs");
        return throughPackage(globalThis.engine, experiment, files);
      }, request),
    );
  };
  return { run, build, close: () => server.close() };
}

const format = (value) => (value === undefined ? "" : value.toPrecision(8));

function line(cells) {
  return cells.map((cell, i) => (i === 0 ? cell.padEnd(44) : cell.padStart(15))).join(" ");
}

let passed = 0;
let failed = 0;
function check(name, good, detail) {
  if (good) passed += 1;
  else {
    failed += 1;
    console.log(`  FAILED: ${name}: ${detail}`);
  }
}

function compare(name, doors, wanted) {
  const [[, program], [, strict], ...packages] = doors;
  strict.forEach(([fact, mean, sd], i) => {
    for (const [door, found] of packages) {
      const [, otherMean, otherSd] = found[i] ?? [];
      check(`${name}, ${fact}, ${door}`, otherMean === mean && otherSd === sd, `${otherMean} (${otherSd}), not ${mean} (${sd})`);
    }
    const distance = Math.abs(program[i][1] - mean);
    check(`${name}, ${fact}, default arithmetic`, distance <= 0.25 * sd, `${program[i][1]}, not ${mean} +- ${0.25 * sd}`);
  });
  (wanted.effects ?? []).forEach(({ mean }, i) => {
    if (!mean) return;
    for (const [door, found] of doors) {
      const good = Math.abs(found[i][1] - mean.value) <= mean.tolerance;
      check(`${name}, effect ${i + 1}, ${door}`, good, `${found[i][1]}, expected ${mean.value} +- ${mean.tolerance}`);
    }
  });
}

const browser = await chromium.launch(chromiumOptions);
const engine = await createEngine({ threads: 2 });
const isolated = await startPage(browser, true);
const plain = await startPage(browser, false);
check("isolated page", isolated.build === "threads", isolated.build);
check("page that is not isolated", plain.build === "single", plain.build);
console.log(line(["mean (then sd)", "CLI", "CLI, strict", "Node", "Chromium", "Chromium, plain"]));
for (const { folder, file, wanted } of examples()) {
  const name = `${folder}/${file.replace(".dolab.json", "")}`;
  const doors = [
    ["CLI", await throughProgram(folder, file, [])],
    ["CLI, strict", await throughProgram(folder, file, ["--set", "reproducible=true"])],
    ["Node", await throughNode(engine, folder, file)],
    ["Chromium", await isolated.run(folder, file)],
    ["Chromium, plain", await plain.run(folder, file)],
  ];
  compare(name, doors, wanted);
  const shown = Math.min(doors[0][1].length, Math.max(1, (wanted.effects ?? []).length) + 1);
  for (let i = 0; i < shown; i += 1) {
    console.log(line([`${name}: ${doors[0][1][i][0]}`, ...doors.map(([, found]) => format(found[i]?.[1]))]));
    console.log(line(["", ...doors.map(([, found]) => `(${format(found[i]?.[2])})`)]));
  }
}
for (const page of [isolated, plain]) page.close();
engine.dispose();
await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
