import type { Theme } from "./types";

interface Axes {
  x: string;
  y: string;
  legend?: boolean;
}

export function axis(theme: Theme, title: string): Record<string, unknown> {
  return {
    title: { text: title, standoff: 8, font: { size: 13, color: theme.muted } },
    gridcolor: theme.line,
    linecolor: theme.muted,
    zerolinecolor: theme.muted,
    tickcolor: theme.line,
    automargin: true,
  };
}

/** What all figures share. The title is a heading of the page, so that it wraps and is read out. */
export function layout(theme: Theme, { x, y, legend = false }: Axes): Record<string, unknown> {
  return {
    paper_bgcolor: theme.surface,
    plot_bgcolor: theme.surface,
    font: { family: theme.font, size: 13, color: theme.ink },
    margin: { l: 8, r: 12, t: 12, b: 8 },
    height: 300,
    showlegend: legend,
    legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0 },
    hovermode: "closest",
    separators: ".,",
    xaxis: axis(theme, x),
    yaxis: axis(theme, y),
  };
}
