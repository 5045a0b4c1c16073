import { useEffect, useState } from "preact/hooks";
import Menu from "@/components/Menu";
import { openKept } from "@/core/actions/keep";
import { notify } from "@/core/actions/edit";
import { openExample, openNew } from "@/core/actions/open";
import { toProblem } from "@/core/engine";
import type { Listed } from "@/core/keep";
import { listProjects } from "@/core/keep";
import { project } from "@/core/lab";
import { exampleNames } from "@/core/stored";

const titles: Record<string, string> = {
  confounder: "The pills or the illness?",
  "eight-schools": "Eight schools: how much do they differ?",
};
const LISTED = 8;

/** Examples, kept projects and files. */
export default function ProjectMenu({ onOpenFiles }: { onOpenFiles: () => void }) {
  return (
    <Menu label="Projects ▾" name="Projects">
      {(close) => <Items close={close} onOpenFiles={onOpenFiles} />}
    </Menu>
  );
}

function Items({ close, onOpenFiles }: { close: () => void; onOpenFiles: () => void }) {
  const [kept, setKept] = useState<Listed[]>([]);
  useEffect(() => {
    listProjects().then(setKept, () => setKept([]));
  }, []);
  const then = (work: () => Promise<void> | void) => () => {
    close();
    Promise.resolve(work()).catch((error: unknown) => notify(toProblem(error).message, "error"));
  };
  const others = kept.filter(({ id }) => id !== project.value.id).slice(0, LISTED);
  return (
    <>
      <button type="button" onClick={then(openNew)}>
        New project
      </button>
      <button type="button" onClick={then(onOpenFiles)}>
        Open a file…
      </button>
      <h2>Examples</h2>
      {exampleNames.map((name) => (
        <button key={name} type="button" onClick={then(() => openExample(name))}>
          {titles[name] ?? name}
        </button>
      ))}
      {others.length > 0 && <h2>Kept in this browser</h2>}
      {others.map(({ id, title, changed }) => (
        <button key={id} type="button" onClick={then(() => openKept(id))}>
          {title}
          <span class="small muted">{new Date(changed).toLocaleString()}</span>
        </button>
      ))}
    </>
  );
}
