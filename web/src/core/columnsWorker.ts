// A worker that describes the columns of large tables. Their numbers come and go without being copied.
import type { ColumnFacts, Values } from "./columns";
import { buffersOf, describe } from "./columns";

export interface Described {
  columns: Values[];
  facts: ColumnFacts[];
}

self.onmessage = ({ data }: MessageEvent<Values[]>) => {
  const answer: Described = { columns: data, facts: data.map(describe) };
  self.postMessage(answer, { transfer: buffersOf(data) });
};
