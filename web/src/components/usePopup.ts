import type { RefObject } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";

interface Popup {
  open: boolean;
  setOpen: (open: boolean) => void;
  /** Around the button and what it opens. */
  root: RefObject<HTMLDivElement | null>;
  /** Gets the focus back after Escape. */
  button: RefObject<HTMLButtonElement | null>;
  /** Of what is opened. */
  id: string;
  /** True if the key was Escape and closed it. */
  escaped: (event: KeyboardEvent) => boolean;
}

/** What a button opens beside itself: `first` gets the focus; Escape, and any of `leaving` elsewhere, close it. */
export function usePopup(first: string, leaving: ("pointerdown" | "focusin")[]): Popup {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  useEffect(() => {
    if (!open) return;
    root.current?.querySelector<HTMLElement>(first)?.focus();
    const outside = (event: Event) => !root.current?.contains(event.target as Node) && setOpen(false);
    for (const kind of leaving) document.addEventListener(kind, outside);
    return () => {
      for (const kind of leaving) document.removeEventListener(kind, outside);
    };
  }, [open]);
  const escaped = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !open) return false;
    event.stopPropagation();
    setOpen(false);
    button.current?.focus();
    return true;
  };
  return { open, setOpen, root, button, id, escaped };
}
