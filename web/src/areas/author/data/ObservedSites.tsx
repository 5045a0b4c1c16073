import type { CheckReport } from "dolab";
import type { Changes } from "@/core/experiment";
import { ColumnSelect } from "./BindingRow";

interface Props {
  sites: CheckReport["sites"];
  condition: Changes;
  columns: string[];
  onObserve: (site: string, column: string | null) => void;
}

/** Sites that are random in the text, and observed at a column all the same. */
export default function ObservedSites({ sites, condition, columns, onObserve }: Props) {
  const observed = Object.entries(condition);
  const free = Object.entries(sites).flatMap(([name, site]) =>
    site.kind === "sample" && !site.observed && !(name in condition) ? [name] : [],
  );
  const guess = (site: string) => (columns.includes(site) ? site : (columns[0] ?? ""));
  if (observed.length === 0 && (free.length === 0 || columns.length === 0)) return null;
  return (
    <div class="observed-sites">
      <h3>Also observed</h3>
      {observed.map(([site, change]) => (
        <div key={site} class="binding-row">
          <span class="binding-row-name">
            <code>{site}</code>
          </span>
          <div class="binding-row-value">
            {typeof change === "object" && "column" in change ? (
              <ColumnSelect
                label={`Column at which ${site} is observed`}
                columns={columns}
                chosen={change.column}
                onChoose={(column) => onObserve(site, column)}
              />
            ) : (
              <span class="numbers">{JSON.stringify(change)}</span>
            )}
            <button
              type="button"
              class="button quiet"
              aria-label={`Do not observe ${site}`}
              onClick={() => onObserve(site, null)}
            >
              Take away
            </button>
          </div>
        </div>
      ))}
      {free.length > 0 && columns.length > 0 && (
        <select
          class="field"
          aria-label="Observe one more site"
          value=""
          onChange={(event) => {
            const site = event.currentTarget.value;
            event.currentTarget.value = "";
            if (site !== "") onObserve(site, guess(site));
          }}
        >
          <option value="">Observe one more site…</option>
          {free.map((site) => (
            <option key={site} value={site}>
              {site}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}
