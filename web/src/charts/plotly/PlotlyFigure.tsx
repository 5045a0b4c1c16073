import { useEffect, useRef, useState } from "preact/hooks";
import type { Figure, Theme } from "./types";
import TableTwin from "@/components/TableTwin";
import { readTheme } from "./readTheme";
import { number } from "@/util/format";
import { save } from "@/util/save";
import "@/components/save-picture.css";
import "./plotly-figure.css";

/** Cloud and sharing are not offered, and have nowhere to go. */
const config = {
  displaylogo: false,
  responsive: true,
  displayModeBar: false,
  plotlyServerURL: "",
  showSendToCloud: false,
  showLink: false,
};

/** A figure drawn by Plotly, which is loaded when the first one is; with its table, and to keep as SVG or PNG. */
export default function PlotlyFigure({ make, name }: { make: (theme: Theme) => Figure; name: string }) {
  const root = useRef<HTMLDivElement>(null);
  const theme = useTheme();
  const [state, setState] = useState<"loading" | "drawn" | string>("loading");
  const figure = useFigure(make, theme);
  useEffect(() => {
    let current = true;
    const draw = async () => {
      const { default: plotly } = await import("plotly.js-cartesian-dist-min");
      if (!current || !root.current) return;
      await plotly.react(root.current, figure.data, figure.layout, config);
      setState("drawn");
    };
    draw().catch((error: unknown) => current && setState(`The plot could not be drawn: ${String(error)}`));
    return () => {
      current = false;
    };
  }, [figure]);
  useEffect(() => {
    const element = root.current;
    return () => {
      if (!element) return;
      void import("plotly.js-cartesian-dist-min").then(({ default: plotly }) => plotly.purge(element));
    };
  }, []);
  const keep = async (format: "svg" | "png") => {
    if (!root.current) return;
    const { default: plotly } = await import("plotly.js-cartesian-dist-min");
    const { clientWidth: width, clientHeight: height } = root.current;
    await save(await plotly.toImage(root.current, { format, width, height, scale: 2 }), `${name}.${format}`);
  };
  return (
    <figure class="plotly-figure" aria-label={figure.title}>
      <figcaption>{figure.title}</figcaption>
      {state !== "drawn" && state !== "loading" && <p role="alert">{state}</p>}
      {state === "loading" && (
        <div class="skeleton plotly-figure-skeleton" role="status" aria-label="Loading the plot" />
      )}
      <div class="plotly-figure-root" ref={root} />
      <div class="save-picture-buttons">
        {(["svg", "png"] as const).map((format) => (
          <button
            key={format}
            type="button"
            class="button quiet small"
            disabled={state !== "drawn"}
            onClick={() => void keep(format)}
          >
            Save as {format.toUpperCase()}
          </button>
        ))}
      </div>
      <TableTwin table={figure.table} write={(value) => number(value, 4)} />
    </figure>
  );
}

function useFigure(make: (theme: Theme) => Figure, theme: Theme): Figure {
  const kept = useRef<{ make: unknown; theme: Theme; figure: Figure } | null>(null);
  if (kept.current?.make !== make || kept.current.theme !== theme) kept.current = { make, theme, figure: make(theme) };
  return kept.current.figure;
}

function useTheme(): Theme {
  const [theme, setTheme] = useState(readTheme);
  useEffect(() => {
    const look = () => setTheme(readTheme());
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const observer = new MutationObserver(look);
    observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    scheme.addEventListener("change", look);
    return () => {
      observer.disconnect();
      scheme.removeEventListener("change", look);
    };
  }, []);
  return theme;
}
