import { useEffect, useRef, useState } from "preact/hooks";
import type { Listed } from "@/core/keep";

interface Props {
  kept: Listed;
  onOpen: () => void;
  onDelete: () => void;
}

/** A project that the browser keeps: opened by its title, deleted when that was asked for twice. */
export default function KeptProject({ kept: { title, changed }, onOpen, onDelete }: Props) {
  const [asking, setAsking] = useState(false);
  const safe = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (asking) safe.current?.focus();
  }, [asking]);
  if (asking) {
    return (
      <div class="kept-project" role="group" aria-label={`Delete ${title}?`}>
        <span class="kept-project-question">Delete “{title}” and its results?</span>
        <button type="button" class="button" onClick={onDelete}>
          Delete
        </button>
        <button ref={safe} type="button" class="button" onClick={() => setAsking(false)}>
          Keep it
        </button>
      </div>
    );
  }
  return (
    <div class="kept-project">
      <button type="button" class="kept-project-open" onClick={onOpen}>
        {title}
        <span class="small muted">{new Date(changed).toLocaleString()}</span>
      </button>
      <button type="button" class="button quiet" aria-label={`Delete ${title}`} onClick={() => setAsking(true)}>
        Delete
      </button>
    </div>
  );
}
