import { columnAt, controlId, rangeOfTarget, select } from "@/core/actions/question";
import type { Change } from "@/core/experiment";
import { cuts, nodeOf, parentsOf } from "@/core/graph";
import { project, table } from "@/core/lab";
import { graph } from "@/core/question";
import type { ChangeKind } from "@/core/targets";
import { changeOf, kindOf, numberOf, orderedColumn } from "@/core/targets";
import type { Range } from "@/util/range";
import { atStep, isBeyond, sliderEnds } from "@/util/range";
import Histogram from "./Histogram";
import NumberControl from "./NumberControl";
import "./change-row.css";

interface Props {
  target: string;
  change: Change;
  onChange: (change: Change | null) => void;
}

const kinds: [ChangeKind, string][] = [
  ["value", "set to"],
  ["column", "set to a column"],
  ["shift", "shift by"],
  ["scale", "multiply by"],
];

/** One intervention: what is changed, how, and by how much. */
export default function ChangeRow({ target, change, onChange }: Props) {
  const node = graph.value && nodeOf(graph.value, target);
  const label = node ? project.value.experiment.labels?.[node]?.label : undefined;
  const unit = node ? project.value.experiment.labels?.[node]?.unit : undefined;
  const range = rangeOfTarget(target);
  const kind = kindOf(change);
  const name = label ? `${label} (${target})` : target;
  return (
    <fieldset class="change-row">
      <legend class="visually-hidden">Change of {name}</legend>
      <div class="change-row-head">
        <span class="change-row-what">
          <button type="button" class="change-row-name" onClick={() => select(node)} title="Show it in the graph">
            {label ?? target}
            {label && <span class="muted"> {target}</span>}
          </button>
          <select
            class="field small"
            aria-label={`How ${name} is changed`}
            value={kind}
            onChange={(event) => onChange(changeOf(event.currentTarget.value as ChangeKind, range, columnAt(target)))}
          >
            {kinds.map(([id, words]) => (
              <option key={id} value={id}>
                {words}
              </option>
            ))}
          </select>
        </span>
        <button
          type="button"
          class="button quiet small"
          aria-label={`Do not change ${name}`}
          onClick={() => onChange(null)}
        >
          Remove
        </button>
      </div>
      {kind === "column" ? (
        <ColumnChoice target={target} change={change} onChange={onChange} />
      ) : (
        <Amount target={target} name={name} unit={unit} change={change} range={range} onChange={onChange} />
      )}
    </fieldset>
  );
}

interface AmountProps extends Props {
  name: string;
  unit: string | undefined;
  range: Range | null;
}

function Amount({ target, name, unit, change, range, onChange }: AmountProps) {
  const value = numberOf(change);
  const kind = kindOf(change);
  const node = graph.value && nodeOf(graph.value, target);
  const hasCauses = graph.value !== null && node !== null && parentsOf(graph.value, node).length > 0;
  if (Number.isNaN(value)) return <p class="small muted">One value for each row, given in the experiment file.</p>;
  if (kind === "value" && range?.binary) return <YesNo {...{ target, name, value, onChange }} />;
  const ends = endsOf(kind, range);
  const put = (next: number) =>
    onChange(kind === "value" ? next : kind === "shift" ? { shift: next } : { scale: next });
  const ordered = kind === "value" ? orderedColumn(table.value, columnAt(target)) : new Float64Array(0);
  const isReading =
    kind === "value" &&
    (table.value.kind === "empty" || table.value.kind === "reading") &&
    project.value.experiment.data?.train !== undefined;
  return (
    <div class="change-row-amount">
      <NumberControl id={controlId(target)} name={name} unit={unit} value={value} ends={ends} onChange={put} />
      {isReading && ends && <div class="change-row-spread change-row-waiting" />}
      {ordered.length > 0 && ends && (
        <div class="change-row-spread">
          <Histogram values={ordered} label={`Observed values of ${name}`} mark={value} ends={ends} height={28} />
        </div>
      )}
      {kind === "value" && range && isBeyond(value, range) && (
        <p class="change-row-beyond small">
          Beyond your data: 98 % of the observed values lie between {atStep(range.low, range.step)} and{" "}
          {atStep(range.high, range.step)}. What the model says here rests on its form alone.
        </p>
      )}
      {!cuts(change) && hasCauses && (
        <p class="small muted">
          Its causes keep acting: what they lead to is {kind === "shift" ? "shifted" : "multiplied"}.
        </p>
      )}
    </div>
  );
}

function endsOf(kind: ChangeKind, range: Range | null): { min: number; max: number; step: number } | null {
  if (kind === "scale") return { min: 0, max: 3, step: 0.05 };
  if (!range) return null;
  const { min, max } = sliderEnds(range);
  return kind === "value" ? { min, max, step: range.step } : { min: min - max, max: max - min, step: range.step };
}

function YesNo({ target, name, value, onChange }: Omit<Props, "change"> & { name: string; value: number }) {
  return (
    <div class="change-row-either" role="group" aria-label={`Value of ${name}`}>
      {[0, 1].map((each) => (
        <button
          key={each}
          type="button"
          class="button"
          id={each === value ? controlId(target) : undefined}
          aria-pressed={value === each}
          onClick={() => onChange(each)}
        >
          {each}
        </button>
      ))}
    </div>
  );
}

function ColumnChoice({ target, change, onChange }: Props) {
  const chosen = (change as { column: string }).column;
  const own = columnAt(target);
  const names = table.value.kind === "ready" ? table.value.columns.map(({ name }) => name) : [];
  const listed = [...new Set([own, ...names, chosen])].filter((name): name is string => Boolean(name));
  return (
    <select
      id={controlId(target)}
      class="field"
      aria-label={`Column for ${target}`}
      value={chosen}
      onChange={(event) => onChange({ column: event.currentTarget.value })}
    >
      {listed.map((name) => (
        <option key={name} value={name}>
          {name === own ? `${name}: its own, as observed` : name}
        </option>
      ))}
    </select>
  );
}
