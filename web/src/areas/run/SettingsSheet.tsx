import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { usePopup } from "@/components/usePopup";

interface Props {
  label: string;
  /** Closes it, as when a run starts: then the results matter. */
  closed: boolean;
  children: ComponentChildren;
}

/** A button that opens a sheet of settings above the bar; Escape and a click elsewhere close it. */
export default function SettingsSheet({ label, closed, children }: Props) {
  const first = ".settings-sheet-body :is(input, select, button)";
  const { open, setOpen, root, button, id, escaped } = usePopup(first, ["pointerdown"]);
  useEffect(() => {
    if (closed) setOpen(false);
  }, [closed]);
  return (
    <div class="settings-sheet" ref={root} onKeyDown={escaped}>
      <button
        ref={button}
        type="button"
        class="button"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        {label}
        <span aria-hidden="true">{open ? "▾" : "▴"}</span>
      </button>
      {open && (
        <div class="settings-sheet-body" id={id} role="group" aria-label={label}>
          {children}
        </div>
      )}
    </div>
  );
}
