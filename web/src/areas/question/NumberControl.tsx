import { useEffect, useState } from "preact/hooks";
import { atStep, tidy } from "@/util/range";
import "./number-control.css";

interface Props {
  id: string;
  name: string;
  unit: string | undefined;
  value: number;
  /** Of the slider; without them there is only the field. */
  ends: { min: number; max: number; step: number } | null;
  onChange: (value: number) => void;
}

/** A slider for the common range and a field for any number. */
export default function NumberControl({ id, name, unit, value, ends, onChange }: Props) {
  const [text, setText] = useState<string | null>(null);
  useEffect(() => setText(null), [value]);
  const take = (typed: string) => {
    const next = Number(typed.replace("−", "-").replace(",", "."));
    if (typed.trim() === "" || !Number.isFinite(next)) return setText(null);
    setText(null);
    if (next !== value) onChange(next);
  };
  const shown = ends ? plain(value, ends.step) : String(value);
  return (
    <div class="number-control">
      {ends && (
        <input
          id={id}
          type="range"
          class="number-control-slider"
          min={ends.min}
          max={ends.max}
          step={ends.step}
          value={value}
          aria-label={name}
          aria-valuetext={`${atStep(value, ends.step)}${unit ? ` ${unit}` : ""}`}
          onInput={(event) => onChange(tidy(Number(event.currentTarget.value)))}
        />
      )}
      <input
        id={ends ? undefined : id}
        class="field numbers number-control-field"
        inputMode="decimal"
        aria-label={`${name}, as a number`}
        value={text ?? shown}
        onInput={(event) => setText(event.currentTarget.value)}
        onBlur={(event) => text !== null && take(event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Enter" && take(event.currentTarget.value)}
      />
      {unit && <span class="small muted">{unit}</span>}
    </div>
  );
}

/** Typed numbers keep their digits; those of the slider have the step's. */
function plain(value: number, step: number): string {
  const short = atStep(value, step).replace("−", "-");
  return Number(short) === value ? short : String(value);
}
