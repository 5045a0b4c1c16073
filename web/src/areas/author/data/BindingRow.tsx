import { useState } from "preact/hooks";
import type { Binding } from "@/core/bindings";
import { parseValue } from "@/core/bindings";
import type { Problem } from "@/core/engine";

interface Props {
  argument: string;
  label: string | null;
  required: boolean;
  columns: string[];
  /** The data have something of the argument's name. */
  named: boolean;
  binding: Binding;
  problem: Problem | null;
  onBind: (binding: Binding) => void;
}

/** One argument: a column, several columns side by side, or a value. */
export default function BindingRow({ argument, label, required, columns, named, binding, problem, onBind }: Props) {
  const id = `binding-${argument}`;
  const choose = (kind: Binding["kind"]) => {
    const first = columns.includes(argument) ? argument : (columns[0] ?? "");
    const now = binding.kind === "columns" ? (binding.columns[0] ?? first) : first;
    if (kind === "column") onBind({ kind, column: now });
    else if (kind === "columns") onBind({ kind, columns: [binding.kind === "column" ? binding.column : first] });
    else if (kind === "value") onBind({ kind, value: 0 });
    else onBind({ kind: "none" });
  };
  const absent = named ? `${argument} of the data` : required ? "nothing yet" : "nothing";
  return (
    <div class="binding-row" data-bad={problem !== null}>
      <label for={id} class="binding-row-name">
        <code>{argument}</code>
        {label !== null && <span class="muted small">{label}</span>}
      </label>
      <div class="binding-row-value">
        <select
          id={id}
          class="field"
          aria-describedby={problem ? `${id}-problem` : undefined}
          value={binding.kind}
          onChange={(event) => choose(event.currentTarget.value as Binding["kind"])}
        >
          <option value={binding.kind === "name" ? "name" : "none"}>{absent}</option>
          <option value="column" disabled={columns.length === 0}>
            one column
          </option>
          <option value="columns" disabled={columns.length === 0}>
            columns, as a matrix
          </option>
          <option value="value">a value</option>
        </select>
        {binding.kind === "column" && (
          <ColumnSelect
            label={`Column for ${argument}`}
            columns={columns}
            chosen={binding.column}
            onChoose={(column) => onBind({ kind: "column", column })}
          />
        )}
        {binding.kind === "columns" && (
          <ColumnSet argument={argument} columns={columns} chosen={binding.columns} onBind={onBind} />
        )}
        {binding.kind === "value" && <ValueField argument={argument} value={binding.value} onBind={onBind} />}
      </div>
      {problem && (
        <p id={`${id}-problem`} class="binding-row-problem">
          {problem.code === "E1105" ? "choose a column or a value" : (problem.hint ?? problem.message)}
        </p>
      )}
    </div>
  );
}

interface SelectProps {
  label: string;
  columns: string[];
  chosen: string;
  onChoose: (column: string) => void;
}

/** A column that the table does not have stays in the list, and says so. */
export function ColumnSelect({ label, columns, chosen, onChoose }: SelectProps) {
  return (
    <select
      class="field"
      aria-label={label}
      value={chosen}
      onChange={(event) => onChoose(event.currentTarget.value)}
      aria-invalid={!columns.includes(chosen)}
    >
      {!columns.includes(chosen) && <option value={chosen}>{`${chosen} (not in the table)`}</option>}
      {columns.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}

interface SetProps {
  argument: string;
  columns: string[];
  chosen: string[];
  onBind: (binding: Binding) => void;
}

function ColumnSet({ argument, columns, chosen, onBind }: SetProps) {
  const offered = [...chosen.filter((name) => !columns.includes(name)), ...columns];
  const change = (name: string, wanted: boolean) => {
    const next = wanted ? [...chosen, name] : chosen.filter((other) => other !== name);
    if (next.length > 0) onBind({ kind: "columns", columns: next });
  };
  return (
    <fieldset class="binding-row-set">
      <legend class="visually-hidden">{`Columns for ${argument}, in the order in which they are chosen`}</legend>
      {offered.map((name) => (
        <label key={name} class="binding-row-choice">
          <input
            type="checkbox"
            checked={chosen.includes(name)}
            disabled={chosen.length === 1 && chosen[0] === name}
            onChange={(event) => change(name, event.currentTarget.checked)}
          />
          {columns.includes(name) ? name : `${name} (not in the table)`}
          {chosen.length > 1 && chosen.includes(name) && (
            <span class="muted small numbers">{chosen.indexOf(name) + 1}</span>
          )}
        </label>
      ))}
    </fieldset>
  );
}

function ValueField({ argument, value, onBind }: { argument: string; value: unknown; onBind: Props["onBind"] }) {
  const [draft, setDraft] = useState<string | null>(null);
  const text = draft ?? JSON.stringify(value);
  const wrong = parseValue(text) === null;
  return (
    <span class="binding-row-field">
      <input
        class="field numbers"
        aria-label={`Value of ${argument}`}
        aria-invalid={wrong}
        value={text}
        onInput={(event) => {
          const typed = event.currentTarget.value;
          setDraft(typed);
          const parsed = parseValue(typed);
          if (parsed) onBind({ kind: "value", value: parsed.value });
        }}
        onBlur={() => setDraft(null)}
      />
      {wrong && <span class="binding-row-problem">a number, true, false, a text in quotes, or a list [1, 2, 3]</span>}
    </span>
  );
}
