import { lazy, Suspense } from "preact/compat";
import type { ComponentType } from "preact";
import { useRef, useState } from "preact/hooks";
import { closeDocs, openDocs } from "@/core/actions/docs";
import { edit } from "@/core/actions/edit";
import { takeFiles } from "@/core/actions/files";
import { docsShown, project } from "@/core/lab";
import { withTitle } from "@/core/project";
import EngineChip from "./EngineChip";
import ProjectMenu from "./ProjectMenu";
import ThemeButton from "./ThemeButton";
import "./top-bar.css";

const windows: Record<"share" | "export", ComponentType<{ onClose: () => void }>> = {
  share: lazy(() => import("@/windows/ShareWindow")),
  export: lazy(() => import("@/windows/ExportWindow")),
};

export default function TopBar() {
  const [shown, show] = useState<keyof typeof windows | null>(null);
  const picker = useRef<HTMLInputElement>(null);
  const Window = shown && windows[shown];
  const open = (input: HTMLInputElement) => {
    const chosen = [...(input.files ?? [])];
    input.value = "";
    void takeFiles(chosen);
  };
  return (
    <header class="top-bar">
      <h1 class="top-bar-name">
        dolab<span class="visually-hidden">: {project.value.experiment.title ?? "Untitled"}</span>
      </h1>
      <input
        class="top-bar-title"
        aria-label="Title of the project"
        value={project.value.experiment.title ?? "Untitled"}
        onChange={(event) => edit((old) => withTitle(old, event.currentTarget.value))}
      />
      <div class="top-bar-tools">
        <ProjectMenu onOpenFiles={() => picker.current?.click()} />
        <button type="button" class="button quiet" onClick={() => show("share")}>
          Share
        </button>
        <button type="button" class="button quiet" onClick={() => show("export")}>
          Export
        </button>
        <button
          type="button"
          class="button quiet"
          aria-expanded={docsShown.value !== null}
          aria-controls="docs"
          onClick={() => (docsShown.value === null ? openDocs() : closeDocs())}
        >
          Docs
        </button>
        <ThemeButton />
        <EngineChip />
      </div>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        accept=".json,.zip,.py,.csv,.tsv,.gz,.npy,.npz"
        onChange={(event) => open(event.currentTarget)}
      />
      {Window && (
        <Suspense fallback={null}>
          <Window onClose={() => show(null)} />
        </Suspense>
      )}
    </header>
  );
}
