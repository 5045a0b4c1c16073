import { useMemo, useState } from "preact/hooks";
import ChoiceField from "@/components/ChoiceField";
import type { Figure, Theme } from "@/charts/plotly/types";
import { isRunning } from "@/core/actions/runs";
import { chainsOf, divergingDraws, drawsOf } from "@/core/actions/draws";
import { result, selectedSite } from "@/core/lab";
import { elementNames, posteriorSites } from "@/core/posterior";
import type { PosteriorSite } from "@/core/posterior";
import Drawing from "./Drawing";
import NeedsRun from "./NeedsRun";
import PairPicker from "./PairPicker";
import { useAsync } from "./useAsync";
import "./plots-tab.css";

const kinds = [
  { id: "density", label: "Density" },
  { id: "trace", label: "Trace", needs: "chains" },
  { id: "rank", label: "Ranks", needs: "chains" },
  { id: "pair", label: "Pairs" },
  { id: "elbo", label: "ELBO", needs: "losses" },
];
const firstPairs = 3;

/** Pictures of the posterior, one at a time. Plotly is loaded when the first is drawn, never while a fit runs. */
export default function PlotsTab() {
  const [kind, setKind] = useState("density");
  const [chosen, setChosen] = useState<string | null>(null);
  const [element, setElement] = useState(0);
  const [pairs, setPairs] = useState<string[] | null>(null);
  const shown = result.value;
  const sites = useMemo(() => (shown?.summary ? posteriorSites(shown.summary) : []), [shown?.summary]);
  const offered = kinds.filter(({ needs }) => {
    if (needs === "losses") return shown?.losses;
    return shown?.fit && (needs !== "chains" || shown.method !== "svi");
  });
  if (isRunning() || offered.length === 0) return <NeedsRun what="A plot" />;
  const now = offered.some(({ id }) => id === kind) ? kind : (offered[0]?.id ?? "");
  const wanted = chosen ?? selectedSite.value;
  const site = sites.find(({ name }) => name === wanted) ?? sites[0];
  const scalars = sites.filter(({ shape }) => shape.length === 0).map(({ name }) => name);
  const paired = pairs ?? scalars.slice(0, firstPairs);
  return (
    <div class="stack">
      <div class="row plots-tab-choice">
        <ChoiceField label="Plot" value={now} options={offered} onChoose={setKind} />
        {now !== "pair" && now !== "elbo" && site && (
          <>
            <ChoiceField
              label="Site"
              value={site.name}
              options={sites.map(({ name }) => ({ id: name, label: name }))}
              onChoose={(name) => {
                setChosen(name);
                setElement(0);
              }}
            />
            {site.rows.length > 1 && (
              <ChoiceField
                label="Element"
                value={String(element)}
                options={site.rows.slice(0, 500).map((row, i) => ({ id: String(i), label: row.element }))}
                onChoose={(at) => setElement(Number(at))}
              />
            )}
          </>
        )}
      </div>
      {now === "pair" && <PairPicker sites={scalars} chosen={paired} onChoose={setPairs} />}
      <Plot kind={now} site={site} element={element} pairs={paired} />
    </div>
  );
}

interface PlotProps {
  kind: string;
  site: PosteriorSite | undefined;
  element: number;
  pairs: string[];
}

function Plot({ kind, site, element, pairs }: PlotProps) {
  const shown = result.value;
  const state = useAsync<(theme: Theme) => Figure>(
    () => figureOf({ kind, site, element, pairs }),
    [kind, site, element, pairs.join(" "), shown?.fit, shown?.losses],
  );
  return <Drawing state={state} name={[kind, kind === "pair" ? pairs.join("-") : (site?.name ?? "")].join("-")} />;
}

async function figureOf({ kind, site, element, pairs }: PlotProps): Promise<(theme: Theme) => Figure> {
  const { losses, summary } = result.value ?? { losses: null, summary: null };
  if (kind === "elbo" && losses) {
    const { elboPlot } = await import("@/charts/plotly/elbo");
    return (theme) => elboPlot(losses, theme);
  }
  if (kind === "pair") {
    const all = await Promise.all(pairs.map(async (name) => ({ name, draws: pooled(chainsOf(await drawsOf(name))) })));
    const { pairPlot } = await import("@/charts/plotly/pair");
    const diverging = await divergingDraws();
    return (theme) => pairPlot(all, theme, diverging && pooled(diverging));
  }
  if (!site) throw new Error("there is no site to draw");
  const chains = chainsOf(await drawsOf(site.name), element);
  const name = site.name + (elementNames(site.shape)[element] ?? "");
  if (kind === "trace") {
    const { tracePlot } = await import("@/charts/plotly/trace");
    const diverging = await divergingDraws();
    return (theme) => tracePlot(name, chains, theme, diverging);
  }
  if (kind === "rank") {
    const { rankPlot } = await import("@/charts/plotly/rank");
    return (theme) => rankPlot(name, chains, theme);
  }
  const { hdi_low: low = null, hdi_high: high = null } = site.rows[element]?.values ?? {};
  const { densityPlot } = await import("@/charts/plotly/density");
  return (theme) => densityPlot(name, chains, { probability: summary?.hdi_prob ?? 0.94, low, high }, theme);
}

function pooled(chains: Float64Array[]): Float64Array {
  return Float64Array.from(chains.flatMap((chain) => Array.from(chain)));
}
