import { useMemo, useState } from "preact/hooks";
import Empty from "@/components/Empty";
import { result, selectedSite } from "@/core/lab";
import { posteriorSites, sortSites, verdict } from "@/core/posterior";
import type { PosteriorRow, PosteriorSite, Statistic } from "@/core/posterior";
import { count, number, percent, withSpread } from "@/util/format";
import FitWarnings from "./FitWarnings";
import "./posterior-tab.css";

const PAGE = 200;
/** Two by two in a cell, so that all fit into the column beside the graph. */
const columns: Statistic[][] = [
  ["mean", "mcse_mean"],
  ["sd"],
  ["hdi_low", "hdi_high"],
  ["ess_bulk", "ess_tail"],
  ["r_hat"],
];
type Order = { by: Statistic | "site"; descending: boolean } | null;

/** What the data say about each site, and how well it is known. */
export default function PosteriorTab() {
  const [order, setOrder] = useState<Order>(null);
  const shown = result.value;
  const summary = shown?.summary ?? null;
  const sites = useMemo(() => (summary ? posteriorSites(summary) : []), [summary]);
  if (!summary || sites.length === 0) return <Empty>No posterior came with this result.</Empty>;
  const sorted = order ? sortSites(sites, order.by, order.descending) : sites;
  const chains = shown?.diagnostics && "chains" in shown.diagnostics ? shown.diagnostics.chains : 1;
  const titles: Record<Statistic, string> = {
    mean: "mean",
    sd: "sd",
    mcse_mean: "± MCSE",
    hdi_low: "HDI",
    hdi_high: "to",
    ess_bulk: "ESS",
    ess_tail: "tail",
    r_hat: "R-hat",
  };
  const sorts = (by: Statistic | "site", title: string) => (
    <button
      key={by}
      type="button"
      onClick={() => setOrder({ by, descending: order?.by === by ? !order.descending : by !== "site" })}
    >
      {title}
      <span aria-hidden="true">{order?.by === by ? (order.descending ? " ▾" : " ▴") : ""}</span>
    </button>
  );
  const sortedBy = (held: string[]) =>
    order && held.includes(order.by) ? (order.descending ? "descending" : "ascending") : undefined;
  return (
    <div class="stack">
      <FitWarnings />
      <div class="posterior-tab" tabIndex={0} role="region" aria-label="Posterior table">
        <table class="data-table numbers">
          <thead>
            <tr>
              <th scope="col" aria-sort={sortedBy(["site"])}>
                {sorts("site", "site")}
              </th>
              {columns.map((held) => (
                <th key={held[0]} scope="col" aria-sort={sortedBy(held)}>
                  {held.map((statistic) => sorts(statistic, titles[statistic]))}
                </th>
              ))}
            </tr>
          </thead>
          {sorted.map((site) => (
            <SiteRows key={site.name} site={site} chains={chains} />
          ))}
        </table>
      </div>
      <p class="muted small">
        HDI: the shortest interval that holds {percent(summary.hdi_prob)} of the draws.{" "}
        {shown?.method === "svi"
          ? "Draws of a guide are independent: R-hat and ESS say nothing about how well the guide fits."
          : "MCSE: how far the mean may be off by chance. ESS: how many independent draws these are worth, for the middle and for the tails. R-hat: 1 if the chains agree."}
      </p>
    </div>
  );
}

function SiteRows({ site, chains }: { site: PosteriorSite; chains: number }) {
  const [open, setOpen] = useState(false);
  const [page, setPage] = useState(0);
  const chosen = selectedSite.value === site.name ? "posterior-tab-chosen" : "";
  const [only, ...others] = site.rows;
  if (only && others.length === 0) {
    return (
      <tbody class={chosen}>
        <Row row={only} chains={chains} title={site.name} />
      </tbody>
    );
  }
  const pages = Math.ceil(site.rows.length / PAGE);
  return (
    <tbody class={chosen}>
      <tr>
        <th scope="row">
          <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
            <span aria-hidden="true">{open ? "▾ " : "▸ "}</span>
            {site.name}
            <span class="muted"> × {site.shape.join(" × ")}</span>
          </button>
        </th>
        {columns.map((held) => (
          <td key={held[0]} class="muted">
            {held.map((statistic) => (
              <Span key={statistic} site={site} statistic={statistic} chains={chains} />
            ))}
          </td>
        ))}
      </tr>
      {open &&
        site.rows
          .slice(page * PAGE, (page + 1) * PAGE)
          .map((row) => <Row key={row.element} row={row} chains={chains} title={row.element} />)}
      {open && pages > 1 && (
        <tr>
          <td colSpan={1 + columns.length}>
            <div class="row">
              <button type="button" class="button" disabled={page === 0} onClick={() => setPage(page - 1)}>
                Previous
              </button>
              {page + 1} of {pages}
              <button type="button" class="button" disabled={page === pages - 1} onClick={() => setPage(page + 1)}>
                Next
              </button>
            </div>
          </td>
        </tr>
      )}
    </tbody>
  );
}

/** Of several numbers: their range, of an interval its far ends, of a diagnostic the worst. */
function Span({ site, statistic, chains }: { site: PosteriorSite; statistic: Statistic; chains: number }) {
  const { low, high } = { low: site.low[statistic], high: site.high[statistic] };
  if (isDiagnostic(statistic)) {
    const worst = statistic === "r_hat" ? high : low;
    return <Diagnostic statistic={statistic} value={worst} wrong={verdict(statistic, worst, chains)} />;
  }
  if (statistic === "mcse_mean") return <div class="posterior-tab-second">± {number(high, 1)}</div>;
  if (statistic.startsWith("hdi")) return <div>{number(statistic === "hdi_low" ? low : high, 2)}</div>;
  return (
    <>
      <div>{number(low, 2)}</div>
      <div>… {number(high, 2)}</div>
    </>
  );
}

const isDiagnostic = (statistic: Statistic) => statistic === "r_hat" || statistic.startsWith("ess");

function Row({ row, chains, title }: { row: PosteriorRow; chains: number; title: string }) {
  return (
    <tr>
      <th scope="row">{title}</th>
      {columns.map((held) => (
        <td key={held[0]}>
          {held.map((statistic) => (
            <Value key={statistic} values={row.values} statistic={statistic} chains={chains} />
          ))}
        </td>
      ))}
    </tr>
  );
}

interface ValueProps {
  values: PosteriorRow["values"];
  statistic: Statistic;
  chains: number;
}

function Value({ values, statistic, chains }: ValueProps) {
  const value = values[statistic];
  if (isDiagnostic(statistic))
    return <Diagnostic statistic={statistic} value={value} wrong={verdict(statistic, value, chains)} />;
  if (statistic === "mcse_mean") return <div class="posterior-tab-second">± {number(value, 1)}</div>;
  return <div>{statistic === "sd" ? number(value, 2) : withSpread(value, values.sd)}</div>;
}

function Diagnostic({ statistic, value, wrong }: { statistic: Statistic; value: number | null; wrong: string | null }) {
  const text = value === null ? "–" : statistic === "r_hat" ? value.toFixed(3) : count(value);
  if (!wrong) return <div class={statistic === "ess_tail" ? "posterior-tab-second" : ""}>{text}</div>;
  return (
    <div class="posterior-tab-wrong" title={wrong}>
      <span aria-hidden="true">! </span>
      {text}
      <span class="visually-hidden"> ({wrong})</span>
    </div>
  );
}
