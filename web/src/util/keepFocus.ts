// The focus does not fall out of the page: when what had it is taken away, something beside it gets it.
const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]";

export function keepFocus(root: HTMLElement): void {
  let last: Element | null = null;
  let around: Element[] = [];
  root.addEventListener("focusin", ({ target }) => {
    last = target as Element;
    around = [];
    for (let parent = last.parentElement; parent; parent = parent.parentElement) around.push(parent);
  });
  const look = () => {
    if (!last || last.isConnected || document.activeElement !== document.body) return;
    last = null;
    const home = around.find((parent) => parent.isConnected);
    for (const next of home?.querySelectorAll<HTMLElement>(FOCUSABLE) ?? []) {
      next.focus({ preventScroll: true });
      if (document.activeElement === next) return;
    }
  };
  new MutationObserver(look).observe(root, { childList: true, subtree: true });
}
