import { useEffect, useId, useState } from "preact/hooks";
import "./fields.css";

interface Props {
  label: string;
  /** Shown while pointing at it, and read out. */
  about?: string;
  value: number;
  integer?: boolean;
  disabled?: boolean;
  /** What is wrong with a number, in words. */
  problem: (value: number) => string | null;
  onChange: (value: number) => void;
}

/** Takes a number when the field is left or Enter is pressed; what is wrong with it is said below, and not taken. */
export default function NumberField({
  label,
  about,
  value,
  integer = false,
  disabled = false,
  problem,
  onChange,
}: Props) {
  const id = useId();
  const [text, setText] = useState(String(value));
  useEffect(() => setText(String(value)), [value]);
  const typed = text.trim() === "" ? NaN : Number(text);
  const wrong = problem(typed);
  const take = () => {
    if (!wrong && typed !== value) onChange(typed);
  };
  return (
    <div class="number-field">
      <label for={id} title={about}>
        {label}
      </label>
      <input
        id={id}
        class="field numbers"
        inputMode={integer ? "numeric" : "decimal"}
        autocomplete="off"
        value={text}
        disabled={disabled}
        aria-invalid={wrong !== null}
        aria-describedby={wrong ? `${id}-wrong` : undefined}
        onInput={(event) => setText(event.currentTarget.value)}
        onBlur={take}
        onKeyDown={(event) => {
          if (event.key === "Enter") take();
        }}
      />
      {wrong && (
        <span class="number-field-wrong" id={`${id}-wrong`} role="alert">
          {wrong}
        </span>
      )}
    </div>
  );
}
