import type { Table } from "@/components/TableTwin";

/** A figure as Plotly takes it, with what people get who cannot see it. */
export interface Figure {
  /** A whole sentence. */
  title: string;
  data: Record<string, unknown>[];
  layout: Record<string, unknown>;
  table: Table;
}

export interface Theme {
  ink: string;
  muted: string;
  line: string;
  surface: string;
  bad: string;
  accent: string;
  /** Baseline, then interventions. */
  series: string[];
  font: string;
}

/** Dashes go with colours: series are told apart without colour vision. */
export const dashOf = (index: number): string => ["solid", "dash", "dot", "dashdot", "longdash"][index % 5] ?? "solid";
