// The package has no types; this is what the lab uses of it.
declare module "plotly.js-cartesian-dist-min" {
  interface ImageOptions {
    format: "svg" | "png";
    width: number;
    height: number;
    scale?: number;
  }
  interface Plotly {
    react(
      root: HTMLElement,
      data: Record<string, unknown>[],
      layout: Record<string, unknown>,
      config: Record<string, unknown>,
    ): Promise<HTMLElement>;
    purge(root: HTMLElement): void;
    toImage(root: HTMLElement, options: ImageOptions): Promise<string>;
  }
  const plotly: Plotly;
  export default plotly;
}
