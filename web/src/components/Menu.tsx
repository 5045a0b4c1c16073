import type { ComponentChildren } from "preact";
import { usePopup } from "./usePopup";
import "./menu.css";

interface Props {
  label: ComponentChildren;
  /** Name for screen readers, if the label is not one. */
  name?: string;
  children: (close: () => void) => ComponentChildren;
}

const ITEMS = ".menu-list button, .menu-list a";

/** A button that opens a list of actions below itself; Escape and a click elsewhere close it. */
export default function Menu({ label, name, children }: Props) {
  const { open, setOpen, root, button, id, escaped } = usePopup(ITEMS, ["pointerdown", "focusin"]);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  const keys = (event: KeyboardEvent) => {
    if (escaped(event)) return;
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const items = [...(root.current?.querySelectorAll<HTMLElement>(ITEMS) ?? [])];
    const at = items.indexOf(document.activeElement as HTMLElement) + (event.key === "ArrowDown" ? 1 : -1);
    items[(at + items.length) % items.length]?.focus();
    event.preventDefault();
  };
  return (
    <div class="menu" ref={root} onKeyDown={keys}>
      <button
        ref={button}
        type="button"
        class="button quiet"
        aria-label={name}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        {label}
      </button>
      {open && (
        <div class="menu-list" id={id}>
          {children(close)}
        </div>
      )}
    </div>
  );
}
