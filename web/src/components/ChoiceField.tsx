import { useId } from "preact/hooks";
import "./fields.css";

interface Props {
  label: string;
  value: string;
  options: { id: string; label: string }[];
  onChoose: (id: string) => void;
}

/** A list to choose from, with its label above. */
export default function ChoiceField({ label, value, options, onChoose }: Props) {
  const id = useId();
  return (
    <div class="choice-field">
      <label for={id}>{label}</label>
      <select id={id} class="field" value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
        {options.map((option) => (
          <option key={option.id} value={option.id}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
}
