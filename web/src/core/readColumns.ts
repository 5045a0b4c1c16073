// The columns of a table, as the engine reads it, become those that the page shows.
import type { TableColumn as Column } from "dolab";
import { buffersOf, describe, remember } from "./columns";
import type { ColumnFacts, Values } from "./columns";
import type { Described } from "./columnsWorker";
import type { TableColumn } from "./lab";
import { pause } from "@/util/pieces";

/** More numbers than the page describes itself. */
const MANY = 100_000;

/** With what there is to say of each; the given columns are used up. */
export async function readColumns(columns: Column[]): Promise<TableColumn[]> {
  const given = columns.map(({ type, values }): Values => ({ type, values }));
  const many = given.reduce((sum, { values }) => sum + values.length, 0) > MANY;
  const described = many ? await describeBeside(given) : { columns: given, facts: given.map(describe) };
  const shown: TableColumn[] = [];
  for (const [i, { levels, ...column }] of columns.entries()) {
    const codes = described.columns[i]?.values as Float64Array;
    const category = column.type === "category";
    const one = { ...column, values: category ? await textsOf(codes, levels) : codes };
    const facts = described.facts[i] as ColumnFacts;
    remember(one, category ? named(facts, levels) : facts);
    shown.push(one);
  }
  return shown;
}

/** In a worker, which has the numbers meanwhile. */
async function describeBeside(columns: Values[]): Promise<Described> {
  const worker = new Worker(new URL("./columnsWorker.ts", import.meta.url), { type: "module" });
  try {
    return await new Promise<Described>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<Described>) => resolve(data);
      worker.onerror = () => reject(new Error("the worker that looks at tables was lost"));
      worker.postMessage(columns, buffersOf(columns));
    });
  } finally {
    worker.terminate();
  }
}

/** A category's cells as texts. */
async function textsOf(codes: Float64Array, levels: readonly string[]): Promise<(string | number)[]> {
  const texts = new Array<string | number>(codes.length);
  for (let row = 0; row < codes.length; row += 1) {
    texts[row] = levels[codes[row] as number] ?? Number.NaN;
    if ((row + 1) % MANY === 0) await pause();
  }
  return texts;
}

/** Codes are told by their texts. */
function named(facts: ColumnFacts, levels: readonly string[]): ColumnFacts {
  if (facts.kind !== "levels") return facts;
  return { ...facts, levels: facts.levels.map(({ name, count }) => ({ name: levels[Number(name)] ?? name, count })) };
}
