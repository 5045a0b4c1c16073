import { useState } from "preact/hooks";
import { edit } from "@/core/actions/edit";
import { project } from "@/core/lab";
import { withScenarioName } from "@/core/scenarios";
import "./scenario-name.css";

/** A name is taken over when the field is left or Enter is pressed; one that is not possible stays with a reason. */
export default function ScenarioName({ name }: { name: string }) {
  const [text, setText] = useState(name);
  const [isRefused, refuse] = useState(false);
  const take = () => {
    const renamed = withScenarioName(project.value, name, text);
    refuse(renamed === null);
    if (renamed !== null && renamed !== project.value) edit(() => renamed);
  };
  return (
    <label class="scenario-name small">
      Name
      <input
        class="field"
        value={text}
        maxLength={40}
        aria-invalid={isRefused}
        onInput={(event) => setText(event.currentTarget.value)}
        onBlur={take}
        onKeyDown={(event) => event.key === "Enter" && take()}
      />
      {isRefused && <span role="alert">another scenario has this name</span>}
    </label>
  );
}
