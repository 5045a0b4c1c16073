import type { Theme } from "./types";

/** The tokens of the page as colours that Plotly understands. */
export function readTheme(): Theme {
  const probe = document.createElement("span");
  document.body.append(probe);
  const colour = (token: string) => {
    probe.style.color = `var(--${token})`;
    return getComputedStyle(probe).color;
  };
  const theme = {
    ink: colour("ink"),
    muted: colour("muted"),
    line: colour("line"),
    surface: colour("surface"),
    bad: colour("bad"),
    accent: colour("accent"),
    series: [0, 1, 2, 3, 4, 5].map((index) => colour(`series-${index}`)),
    font: getComputedStyle(document.body).fontFamily,
  };
  probe.remove();
  return theme;
}
