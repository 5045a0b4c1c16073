// A small table as it is typed: the header and rows of texts, and its CSV.

export interface Cells {
  header: string[];
  rows: string[][];
}

export const emptyCells: Cells = { header: ["x", "y"], rows: Array.from({ length: 5 }, () => ["", ""]) };

function quote(text: string): string {
  return /[",;\t\n\r]/.test(text) || /^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Rows that are empty throughout are left out: they are where one may type. */
export function toCsv({ header, rows }: Cells): string {
  const filled = rows.filter((row) => row.some((cell) => cell.trim() !== ""));
  // A lone empty cell would read as an empty line.
  const line = (row: string[]) => (row.length === 1 && row[0] === "" ? '""' : row.map(quote).join(","));
  return [header, ...filled].map((row) => `${line(row)}\n`).join("");
}

/** Delimited text as cells; the delimiter is the one of tab, semicolon and comma that the first line has most of. */
export function parseCells(text: string): string[][] {
  const first = /^[^\r\n]*/.exec(text)?.[0] ?? "";
  const counts = ["\t", ";", ","].map((mark) => [mark, first.split(mark).length] as const);
  const delimiter = counts.reduce((most, next) => (next[1] > most[1] ? next : most))[0];
  const rows: string[][] = [];
  let [row, cell, quoted] = [[] as string[], "", false];
  const endRow = () => {
    rows.push([...row, cell]);
    [row, cell] = [[], ""];
  };
  for (let at = 0; at < text.length; at += 1) {
    const mark = text[at] ?? "";
    if (quoted) {
      if (mark !== '"') cell += mark;
      else if (text[at + 1] === '"') cell += text[++at];
      else quoted = false;
    } else if (mark === '"' && cell === "") quoted = true;
    else if (mark === delimiter) {
      row.push(cell);
      cell = "";
    } else if (mark === "\n") endRow();
    else if (mark !== "\r") cell += mark;
  }
  if (cell !== "" || row.length > 0) endRow();
  return rows;
}

const isNumber = (text: string) => text.trim() !== "" && Number.isFinite(Number(text));

/** Pasted text as a table: cells without names of columns, as spreadsheets copy them, get x1, x2 and so on. */
export function pasted(text: string): Cells | null {
  const rows = parseCells(text.trim());
  const [first] = rows;
  if (!first || rows.length < 1) return null;
  const named = !first.every(isNumber);
  const header = named ? first.map((name) => name.trim()) : first.map((_, index) => `x${index + 1}`);
  return { header, rows: named ? rows.slice(1) : rows };
}

export function withCell({ header, rows }: Cells, row: number, column: number, text: string): Cells {
  return { header, rows: rows.map((old, r) => (r === row ? old.map((cell, c) => (c === column ? text : cell)) : old)) };
}

export function withName({ header, rows }: Cells, column: number, name: string): Cells {
  return { header: header.map((old, c) => (c === column ? name : old)), rows };
}

export function withRow({ header, rows }: Cells): Cells {
  return { header, rows: [...rows, header.map(() => "")] };
}

export function withoutRow({ header, rows }: Cells, row: number): Cells {
  return { header, rows: rows.filter((_, r) => r !== row) };
}

export function withColumn({ header, rows }: Cells): Cells {
  let count = header.length + 1;
  while (header.includes(`x${count}`)) count += 1;
  return { header: [...header, `x${count}`], rows: rows.map((row) => [...row, ""]) };
}

export function withoutColumn({ header, rows }: Cells, column: number): Cells {
  const keep = (cells: string[]) => cells.filter((_, c) => c !== column);
  return { header: keep(header), rows: rows.map(keep) };
}

/** Cells put over those at a place; the table grows to hold them. */
export function withBlock(cells: Cells, row: number, column: number, block: string[][]): Cells {
  let grown = cells;
  const width = Math.max(...block.map((line) => line.length));
  while (grown.header.length < column + width) grown = withColumn(grown);
  while (grown.rows.length < row + block.length) grown = withRow(grown);
  const over = (old: string[], r: number) => old.map((cell, c) => block[r - row]?.[c - column] ?? cell);
  return { header: grown.header, rows: grown.rows.map(over) };
}
