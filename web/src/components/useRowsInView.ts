import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { RowsInView } from "@/util/rowsInView";
import { positionAt, positionOf, rowsInView, scrollTopAt } from "@/util/rowsInView";

export interface Rows extends RowsInView {
  /** Belong to the element that scrolls, in which a table has a head that stays and rows with `aria-rowindex`. */
  scroller: RefObject<HTMLDivElement | null>;
  onScroll: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
  /** Brings a row, from 0, into view. */
  show: (row: number) => void;
}

/** The row that an element is in, from 0; below that the head. */
const rowOf = (element: Element | null) => Number(element?.closest("[aria-rowindex]")?.ariaRowIndex ?? NaN) - 2;

/** Only the rows in view are drawn; arrows, page keys, Home and End move by rows however many there are. */
export function useRowsInView(rows: number): Rows {
  const scroller = useRef<HTMLDivElement>(null);
  const [{ rowHeight, view }, setSize] = useState({ rowHeight: 28, view: 0 });
  const [position, setPosition] = useState(0);
  /** Where the page scrolled to itself: the scroll bar is too coarse to tell a row of a million. */
  const own = useRef(-1);
  const list = { rows, rowHeight, view };
  const shown = rowsInView(list, position);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const measure = () => {
      const head = element.querySelector("thead")?.getBoundingClientRect().height ?? 0;
      const row = element.querySelector("tbody [aria-rowindex]")?.getBoundingClientRect().height ?? 0;
      const size = { rowHeight: row > 0 ? row : 28, view: Math.max(0, element.clientHeight - head) };
      setSize((old) => (old.rowHeight === size.rowHeight && old.view === size.view ? old : size));
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const move = (to: number) => {
    const element = scroller.current;
    if (!element) return;
    letGo(element, rowsInView(list, to));
    element.scrollTop = scrollTopAt(list, to);
    own.current = element.scrollTop;
    setPosition(to);
  };
  const show = (row: number) => move(positionOf(list, row, position));
  const onScroll = () => {
    const element = scroller.current;
    if (!element || Math.abs(element.scrollTop - own.current) < 1) return;
    own.current = -1;
    const to = positionAt(list, element.scrollTop);
    letGo(element, rowsInView(list, to));
    setPosition(to);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== scroller.current || event.altKey || event.metaKey) return;
    const end = rows * rowHeight - view;
    const steps: Record<string, number> = { ArrowDown: rowHeight, ArrowUp: -rowHeight, PageDown: view, PageUp: -view };
    const by = { ...steps, Home: -Infinity, End: Infinity }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    move(Math.max(0, Math.min(position + by, end)));
  };
  return { ...shown, scroller, onScroll, onKeyDown, show };
}

/** A field whose row goes out of the table says what was typed before it goes, and the keyboard stays in the table. */
function letGo(scroller: HTMLElement, { first, last }: RowsInView): void {
  const focused = document.activeElement;
  if (!scroller.contains(focused)) return;
  const row = rowOf(focused);
  if (Number.isNaN(row) || row < 0 || (row >= first && row < last)) return;
  (focused as HTMLElement).blur();
  scroller.focus({ preventScroll: true });
}
