import { useMemo, useState } from "preact/hooks";
import Empty from "@/components/Empty";
import { result, selectedSite } from "@/core/lab";
import { posteriorSites, sortSites, statistics, verdict } from "@/core/posterior";
import type { PosteriorRow, PosteriorSite, Statistic } from "@/core/posterior";
import { count, number, percent, withSpread } from "@/util/format";
import FitWarnings from "./FitWarnings";
import "./posterior-tab.css";

const PAGE = 200;
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
    mcse_mean: "MCSE",
    hdi_low: `${percent(summary.hdi_prob)} from`,
    hdi_high: "to",
    ess_bulk: "ESS bulk",
    ess_tail: "ESS tail",
    r_hat: "R-hat",
  };
  const header = (by: Statistic | "site", title: string) => (
    <th key={by} scope="col" aria-sort={order?.by === by ? (order.descending ? "descending" : "ascending") : undefined}>
      <button
        type="button"
        onClick={() => setOrder({ by, descending: order?.by === by ? !order.descending : by !== "site" })}
      >
        {title}
        <span aria-hidden="true">{order?.by === by ? (order.descending ? " ▾" : " ▴") : ""}</span>
      </button>
    </th>
  );
  return (
    <div class="stack">
      <FitWarnings />
      <div class="posterior-tab" tabIndex={0} role="region" aria-label="Posterior table">
        <table class="data-table numbers">
          <thead>
            <tr>
              {header("site", "site")}
              {statistics.map((statistic) => header(statistic, titles[statistic]))}
            </tr>
          </thead>
          {sorted.map((site) => (
            <SiteRows key={site.name} site={site} chains={chains} />
          ))}
        </table>
      </div>
      <p class="muted small">
        {shown?.method === "svi"
          ? "Draws of a guide are independent: R-hat and ESS say nothing about how well the guide fits."
          : "MCSE: how far the mean may be off by chance. ESS: how many independent draws these are worth. R-hat: 1 if the chains agree."}
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
        {statistics.map((statistic) => (
          <td key={statistic} class="muted">
            <Span site={site} statistic={statistic} chains={chains} />
          </td>
        ))}
      </tr>
      {open &&
        site.rows
          .slice(page * PAGE, (page + 1) * PAGE)
          .map((row) => <Row key={row.element} row={row} chains={chains} title={row.element} />)}
      {open && pages > 1 && (
        <tr>
          <td colSpan={9}>
            <div class="row">
              <button type="button" class="button" disabled={page === 0} onClick={() => setPage(page - 1)}>
                Before
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

function Span({ site, statistic, chains }: { site: PosteriorSite; statistic: Statistic; chains: number }) {
  const low = site.low[statistic];
  const high = site.high[statistic];
  const worst = statistic.startsWith("ess") ? low : high;
  const wrong = verdict(statistic, worst, chains);
  if (statistic === "r_hat" || statistic.startsWith("ess"))
    return <Diagnostic statistic={statistic} value={worst} wrong={wrong} />;
  return (
    <>
      {number(low, 2)} … {number(high, 2)}
    </>
  );
}

function Row({ row, chains, title }: { row: PosteriorRow; chains: number; title: string }) {
  const { values } = row;
  return (
    <tr>
      <th scope="row">{title}</th>
      {statistics.map((statistic) => {
        const value = values[statistic];
        const wrong = verdict(statistic, value, chains);
        return (
          <td key={statistic} class={wrong ? "posterior-tab-bad" : ""}>
            {statistic === "r_hat" || statistic.startsWith("ess") ? (
              <Diagnostic statistic={statistic} value={value} wrong={wrong} />
            ) : statistic === "sd" || statistic === "mcse_mean" ? (
              number(value, 2)
            ) : (
              withSpread(value, values.sd)
            )}
          </td>
        );
      })}
    </tr>
  );
}

function Diagnostic({ statistic, value, wrong }: { statistic: Statistic; value: number | null; wrong: string | null }) {
  const text = value === null ? "–" : statistic === "r_hat" ? value.toFixed(3) : count(value);
  if (!wrong) return <>{text}</>;
  return (
    <span class="posterior-tab-wrong" title={wrong}>
      <span aria-hidden="true">! </span>
      {text}
      <span class="visually-hidden"> ({wrong})</span>
    </span>
  );
}
