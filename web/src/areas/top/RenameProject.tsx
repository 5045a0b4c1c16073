import { useEffect, useRef, useState } from "preact/hooks";
import { edit } from "@/core/actions/edit";
import { project } from "@/core/lab";
import { withTitle } from "@/core/project";
import "./rename-project.css";

/** The title of the project, where the bar has no room for it too. */
export default function RenameProject({ onDone }: { onDone: () => void }) {
  const [asking, setAsking] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (asking) field.current?.select();
  }, [asking]);
  const title = project.value.experiment.title ?? "Untitled";
  if (!asking) {
    return (
      <button type="button" onClick={() => setAsking(true)}>
        Rename this project
        <span class="small muted">{title}</span>
      </button>
    );
  }
  const rename = (event: Event) => {
    event.preventDefault();
    const given = field.current?.value.trim() ?? "";
    if (given !== "") edit((old) => withTitle(old, given));
    onDone();
  };
  return (
    <form class="rename-project" onSubmit={rename}>
      <label class="stack">
        <span class="small muted">New title</span>
        <input ref={field} class="field" defaultValue={title} autocomplete="off" />
      </label>
      <button type="submit" class="button">
        Rename
      </button>
    </form>
  );
}
