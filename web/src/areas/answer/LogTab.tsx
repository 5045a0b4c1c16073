import { result, stale } from "@/core/lab";
import type { Result } from "@/core/lab";
import { placeWords } from "@/core/live";
import { counted, duration, given, number } from "@/util/format";

/** What the result was made with, for whoever wants to make it again. */
export default function LogTab() {
  const shown = result.value;
  if (!shown) return null;
  return (
    <div class="stack log-tab">
      <h3>How it was made</h3>
      <List entries={madeWith(shown)} />
      {shown.provenance && (
        <>
          <h3>Its settings</h3>
          <p class="muted small">Those that were chosen; of the others the defaults hold.</p>
          <List entries={settingsOf(shown.provenance.inference)} />
        </>
      )}
      {shown.diagnostics && (
        <>
          <h3>What the fit says of itself</h3>
          <List entries={Object.entries(shown.diagnostics).map(([name, value]) => [name, valueText(value)])} />
        </>
      )}
      {shown.complete && !stale.value && (
        <p class="muted small">
          Export gives the experiment file; <code>dolab run</code> with it, or <code>engine.run</code> of the package,
          gives the same numbers.
        </p>
      )}
    </div>
  );
}

function madeWith({ provenance, method, seconds, complete, origin }: Result): [string, string][] {
  const made = provenance ?? null;
  const stopped = made?.stopped;
  return [
    ["method", method.toUpperCase()],
    ["seed", made ? String(made.seed) : ""],
    ["engine", made ? `dolab ${made.version}, ${counted(made.threads, "thread")}` : ""],
    [
      "where",
      { stored: "when this page was built", page: "in this page", computer: "on this computer", opened: "elsewhere" }[
        origin
      ],
    ],
    ["when", made ? new Date(made.ended).toLocaleString() : ""],
    ["took", seconds === null ? "" : duration(seconds)],
    ["complete", complete ? "yes" : stopped ? `no: stopped at ${placeWords(stopped)}` : "no"],
  ].filter((entry): entry is [string, string] => entry[1] !== "");
}

function settingsOf(inference: object, within = ""): [string, string][] {
  return Object.entries(inference).flatMap(([name, value]: [string, unknown]): [string, string][] =>
    name === "method"
      ? []
      : typeof value === "object" && value !== null && !Array.isArray(value)
        ? settingsOf(value, `${within}${name} `)
        : [[within + name, typeof value === "number" ? given(value) : String(value)]],
  );
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.map(valueText).join(", ");
  return typeof value === "number" ? number(value, 4) : value === null ? "–" : String(value);
}

function List({ entries }: { entries: [string, string][] }) {
  return (
    <dl class="log-tab-list numbers">
      {entries.map(([name, value]) => (
        <div key={name}>
          <dt>{name.replaceAll("_", " ")}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
