import PlotlyFigure from "@/charts/plotly/PlotlyFigure";
import type { Figure, Theme } from "@/charts/plotly/types";
import Banner from "@/components/Banner";
import type { Async } from "./useAsync";

/** A figure of what is being asked for. */
export default function Drawing({ state, name }: { state: Async<(theme: Theme) => Figure>; name: string }) {
  if (state.kind === "waiting")
    return <div class="skeleton drawing-waiting" role="status" aria-label="Getting the draws" />;
  if (state.kind === "failed") {
    return (
      <Banner kind="bad" title={state.problem.message}>
        {state.problem.hint}
      </Banner>
    );
  }
  return <PlotlyFigure make={state.value} name={name} />;
}
