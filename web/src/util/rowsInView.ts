// Which rows of a long table are in view. A table of a million rows is taller than browsers lay out: above a limit the
// scroll bar stands for the whole table, and one pixel of it for more than one of the table.

/** Elements of more than about 17 million pixels are cut. */
const TALLEST = 8_000_000;
/** Rows beyond the view on each side, so that scrolling shows no gaps. */
const BEYOND = 12;
export const MOST_SHOWN = 200;

export interface List {
  rows: number;
  rowHeight: number;
  /** Height of what shows rows. */
  view: number;
}

export interface RowsInView {
  /** Rows to draw, from 0; `last` is the one after. */
  first: number;
  last: number;
  /** Heights that stand for the rows before and after them. */
  before: number;
  after: number;
  /** Rows that can be seen, from 0, the last one included. */
  seen: [number, number];
}

const tableHeight = ({ rows, rowHeight }: List) => rows * rowHeight;
export const scrollHeight = (list: List): number => Math.min(tableHeight(list), TALLEST);
/** The last position and the last scroll position. */
const mostPosition = (list: List) => Math.max(0, tableHeight(list) - list.view);
const mostScroll = (list: List) => Math.max(0, scrollHeight(list) - list.view);
const between = (value: number, most: number) => Math.max(0, Math.min(value, most));

/** Pixels of the table above the view, at a scroll position. */
export function positionAt(list: List, scrollTop: number): number {
  const scroll = mostScroll(list);
  return scroll === 0 ? 0 : (between(scrollTop, scroll) / scroll) * mostPosition(list);
}

export function scrollTopAt(list: List, position: number): number {
  const most = mostPosition(list);
  return most === 0 ? 0 : (between(position, most) / most) * mostScroll(list);
}

/** The position nearest to one at which a row is in view as a whole. */
export function positionOf(list: List, row: number, position: number): number {
  const top = row * list.rowHeight;
  const near = Math.min(top, Math.max(position, top + list.rowHeight - list.view));
  return between(near, mostPosition(list));
}

export function rowsInView(list: List, position: number): RowsInView {
  const { rows, rowHeight, view } = list;
  const at = between(position, mostPosition(list));
  const top = Math.min(Math.floor(at / rowHeight), Math.max(0, rows - 1));
  const bottom = Math.min(rows, Math.max(top + 1, Math.ceil((at + view) / rowHeight)));
  const first = Math.max(0, top - BEYOND);
  const last = Math.min(rows, bottom + BEYOND, first + MOST_SHOWN);
  // Where the browser shows the place that belongs to the position.
  const shift = scrollTopAt(list, at) - at;
  const before = Math.max(0, first * rowHeight + shift);
  const after = Math.max(0, scrollHeight(list) - before - (last - first) * rowHeight);
  return { first, last, before, after, seen: [top, Math.max(top, bottom - 1)] };
}
