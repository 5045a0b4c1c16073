import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

interface Props {
  onFiles: (files: File[]) => void;
  /** Pasted text; false if it holds no cells. */
  onText: (text: string) => boolean;
  children: ComponentChildren;
}

const isField = (target: EventTarget | null) => target instanceof HTMLElement && target.closest("input, textarea");

/** The whole panel takes a file that is dropped, or cells that are pasted. */
export default function DropZone({ onFiles, onText, children }: Props) {
  const [over, setOver] = useState(false);
  const hasFile = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
  const drag = (event: DragEvent) => {
    if (!hasFile(event)) return;
    event.preventDefault();
    setOver(true);
  };
  return (
    <div
      class="data-panel"
      data-over={over}
      onDragEnter={drag}
      onDragOver={drag}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={(event) => {
        if (!hasFile(event)) return;
        event.preventDefault();
        setOver(false);
        onFiles([...(event.dataTransfer?.files ?? [])]);
      }}
      onPaste={(event) => {
        const file = event.clipboardData?.files[0];
        const text = event.clipboardData?.getData("text/plain") ?? "";
        if (isField(event.target) || (!file && text.trim() === "")) return;
        event.preventDefault();
        if (file) onFiles([file]);
        else onText(text);
      }}
    >
      {over && (
        <p class="data-panel-drop" aria-hidden="true">
          Drop the table here
        </p>
      )}
      {children}
    </div>
  );
}
