import { useEffect, useRef, useState } from "preact/hooks";
import Menu from "@/components/Menu";
import { duplicate, keepNow, openKept } from "@/core/actions/keep";
import { notify } from "@/core/actions/edit";
import { openExample, openNew } from "@/core/actions/open";
import { isRunning } from "@/core/actions/runs";
import { toProblem } from "@/core/engine";
import type { Listed } from "@/core/keep";
import { deleteProject, listProjects } from "@/core/keep";
import { isHeld } from "@/core/hold";
import { project } from "@/core/lab";
import { resetCache } from "@/core/offline";
import { exampleNames } from "@/core/stored";
import KeptProject from "./KeptProject";
import RenameProject from "./RenameProject";
import "./kept-project.css";

const titles: Record<string, string> = {
  confounder: "The pills or the illness?",
  "eight-schools": "Eight schools: how much do they differ?",
};

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
  const list = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    listProjects().then(setKept, () => setKept([]));
  }, []);
  const then = (work: () => Promise<void> | void) => () => {
    close();
    Promise.resolve(work()).catch((error: unknown) => notify(toProblem(error).message, "error"));
  };
  const others = kept.filter(({ id }) => id !== project.value.id);
  const drop = async ({ id, title }: Listed) => {
    if (await isHeld(id)) return notify(`${title} is open in another tab: close it there first.`);
    await deleteProject(id).catch((error: unknown) => notify(toProblem(error).message, "error"));
    setKept(await listProjects());
    list.current?.focus();
    notify(`${title} was deleted.`);
  };
  return (
    <>
      <button type="button" onClick={then(openNew)}>
        New project
      </button>
      <button type="button" onClick={then(onOpenFiles)}>
        Open a file…
      </button>
      <RenameProject onDone={close} />
      <button type="button" disabled={isRunning()} onClick={then(duplicate)}>
        Duplicate this project
      </button>
      <h2>Examples</h2>
      {exampleNames.map((name) => (
        <button key={name} type="button" onClick={then(() => openExample(name))}>
          {titles[name] ?? name}
        </button>
      ))}
      {kept.length > 0 && (
        <h2 ref={list} tabIndex={-1}>
          Kept in this browser
        </h2>
      )}
      {kept.length > 0 && others.length === 0 && <p class="menu-note small muted">Only this project so far</p>}
      {others.map((each) => (
        <KeptProject
          key={each.id}
          kept={each}
          onOpen={then(() => openKept(each.id))}
          onDelete={() => void drop(each)}
        />
      ))}
      <hr />
      <button type="button" disabled={isRunning()} onClick={then(() => keepNow().then(resetCache))}>
        Load this page anew
        <span class="small muted">Clears its offline copy; projects stay</span>
      </button>
    </>
  );
}
