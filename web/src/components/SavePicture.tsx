import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { savePicture } from "@/util/picture";
import "./save-picture.css";

/** What it holds draws one SVG, which can be kept as it is seen. */
export default function SavePicture({ name, children }: { name: string; children: ComponentChildren }) {
  const root = useRef<HTMLDivElement>(null);
  const keep = (format: "svg" | "png") => {
    const picture = root.current?.querySelector("svg");
    if (picture) void savePicture(picture, name, format);
  };
  return (
    <div class="save-picture" ref={root}>
      {children}
      <div class="save-picture-buttons">
        {(["svg", "png"] as const).map((format) => (
          <button key={format} type="button" class="button quiet small" onClick={() => keep(format)}>
            Save as {format.toUpperCase()}
          </button>
        ))}
      </div>
    </div>
  );
}
