// Runs the examples of examples/ with the package and keeps what the lab shows before anybody has pressed Run:
// generated/NAME.json (StoredExample in src/core/stored.ts).
//
//   node scripts/stored.mjs
import { createEngine } from "dolab";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";

const root = new URL("../../examples/", import.meta.url);
const target = new URL("../generated/", import.meta.url);
/** Folder -> what is known of its data. The other folders make their tables with a generator. */
const examples = {
  confounder: { naive: "naive", curve: "z" },
  "eight-schools": {},
};
const curveValues = 25;
/** A curve keeps every fourth draw: enough for a histogram. */
const curveThinning = 4;

const read = (path) => readFile(new URL(path, root), "utf8");

async function inline(folder, name) {
  const experiment = JSON.parse(await read(`${folder}/${name}.dolab.json`));
  experiment.model.source = await read(`${folder}/${experiment.model.file}`);
  delete experiment.model.file;
  const train = experiment.data?.train;
  return { experiment, files: typeof train === "string" ? { [train]: await read(`${folder}/${train}`) } : {} };
}

function quantile(sorted, probability) {
  const at = probability * (sorted.length - 1);
  const low = Math.floor(at);
  return sorted[low] + (at - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low]);
}

const rounded = (values) => Array.from(values, (value) => Number(value.toPrecision(6)));

async function drawsOf(fit, request) {
  const report = await fit.effect(request);
  return { report, draws: rounded(report.draws.data) };
}

/// The effect of setting `site` to values over the range of its column.
async function curveOf(fit, experiment, files, site) {
  const { baseline, outcome } = experiment.effects[0];
  const [header, ...rows] = files[experiment.data.train]
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  const column = rows.map((row) => Number(row[header.indexOf(site)])).sort((a, b) => a - b);
  const [low, high] = [quantile(column, 0.01), quantile(column, 0.99)];
  const values = Array.from({ length: curveValues }, (_, i) => low + ((high - low) * i) / (curveValues - 1));
  const effects = [];
  for (const value of values) {
    const request = { outcome, baseline: experiment.scenarios[baseline], intervention: { [site]: value } };
    const { report, draws } = await drawsOf(fit, request);
    effects.push({ ate: report.ate, draws: draws.filter((_, i) => i % curveThinning === 0) });
  }
  return { site, outcome, baseline, values: rounded(values), effects };
}

async function store(engine, name, { naive, curve }) {
  const { experiment, files } = await inline(name, name);
  const { fit, store: _, effects, ...report } = await engine.run(experiment, { files });
  const model = await engine.model(experiment.model.source);
  const { bind, arguments: given, train } = experiment.data;
  const data = typeof train === "string" ? { file: train, bytes: files[train] } : train;
  const { condition } = experiment.model;
  const check = await model.check({ data, bind, arguments: given, condition });
  const withDraws = [];
  for (const effect of effects ?? []) {
    const [baseline, intervention] = [effect.baseline, effect.intervention].map(
      (side) => experiment.scenarios[side] ?? {},
    );
    const { draws } = await drawsOf(fit, { outcome: effect.outcome, baseline, intervention });
    withDraws.push({ ...effect, draws });
  }
  const expected = JSON.parse(await read(`${name}/expected.json`));
  const truth = expected.data?.[train]?.true_contrast ?? null;
  const other = naive && (await inline(name, naive));
  const stored = {
    name,
    experiment,
    files,
    check,
    report,
    summary: await fit.summary(),
    effects: withDraws,
    truth,
    naive: other ? (await engine.run(other.experiment, { files: other.files })).effects[0].ate : null,
    curve: curve ? await curveOf(fit, experiment, files, curve) : null,
  };
  await mkdir(target, { recursive: true });
  const file = new URL(`${name}.json`, target);
  await writeFile(new URL(`${name}.json.partial`, target), JSON.stringify(stored));
  await rename(new URL(`${name}.json.partial`, target), file);
  console.log(`${name}: ${effects.length} effects, ${(JSON.stringify(stored).length / 1000).toFixed(0)} kB`);
}

const engine = await createEngine();
for (const [name, known] of Object.entries(examples)) await store(engine, name, known);
engine.dispose();
