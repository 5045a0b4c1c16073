import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";

/** Width of an element in pixels, so that the text of a drawing keeps its size. */
export function useWidth(element: RefObject<HTMLElement | null>, before = 400): number {
  const [width, setWidth] = useState(before);
  useEffect(() => {
    if (!element.current) return;
    const observer = new ResizeObserver(([entry]) => {
      const seen = Math.floor(entry?.contentRect.width ?? 0);
      if (seen > 0) setWidth(seen);
    });
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
