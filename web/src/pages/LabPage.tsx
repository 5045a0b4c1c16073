import { lazy, Suspense } from "preact/compat";
import { useEffect } from "preact/hooks";
import AnswerArea from "@/areas/answer/AnswerArea";
import AuthorArea from "@/areas/author/AuthorArea";
import QuestionArea from "@/areas/question/QuestionArea";
import RunBar from "@/areas/run/RunBar";
import TopBar from "@/areas/top/TopBar";
import Notices from "@/areas/top/Notices";
import OtherTab from "@/areas/top/OtherTab";
import { useMedia } from "@/components/useMedia";
import { closeDocs } from "@/core/actions/docs";
import { takeFiles } from "@/core/actions/files";
import { isRunning } from "@/core/actions/runs";
import { docsShown, shownArea } from "@/core/lab";
import "./lab-page.css";

const areas = [
  { id: "author", label: "Model", view: AuthorArea },
  { id: "question", label: "Question", view: QuestionArea },
  { id: "answer", label: "Answer", view: AnswerArea },
] as const;

const DocsPanel = lazy(() => import("@/areas/docs/DocsPanel"));

/** Three columns on a wide window, one area at a time with a bar to choose it on a narrow one. */
export default function LabPage() {
  const shown = shownArea.value;
  useAnswerInView();
  return (
    <div class="lab-page" data-shown={shown} data-docs={docsShown.value !== null} onDragOver={allow} onDrop={drop}>
      <a class="lab-page-skip button" href="#answer">
        Skip to the answer
      </a>
      <div>
        <TopBar />
        <OtherTab />
      </div>
      <main class="lab-page-areas">
        {areas.map(({ id, label, view: View }) => (
          <div key={id} id={id} class={`lab-page-area lab-page-${id}`} role="region" aria-label={label} tabIndex={-1}>
            <View />
          </div>
        ))}
        {docsShown.value !== null && (
          <div id="docs" class="lab-page-area lab-page-docs" role="region" aria-label="Docs">
            <Suspense
              fallback={<div class="skeleton lab-page-docs-waiting" role="status" aria-label="Loading the docs" />}
            >
              <DocsPanel section={docsShown.value} onClose={closeDocs} />
            </Suspense>
          </div>
        )}
      </main>
      <RunBar />
      <Switch />
      <Notices />
    </div>
  );
}

/** Chooses what is in view where not all fit; beside the answer, between the model and the question. */
function Switch() {
  const single = useMedia("(max-width: 43.7em)");
  const shown = shownArea.value === "answer" && !single ? "question" : shownArea.value;
  return (
    <nav class="lab-page-switch" aria-label="Parts of the page">
      {areas
        .filter(({ id }) => single || id !== "answer")
        .map(({ id, label }) => (
          <button
            key={id}
            type="button"
            aria-pressed={shown === id && !(single && docsShown.value !== null)}
            onClick={() => {
              shownArea.value = id;
              if (single) docsShown.value = null;
            }}
          >
            {label}
          </button>
        ))}
    </nav>
  );
}

const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") === true;

/** A file that is dropped anywhere is opened here, where the browser would leave the page for it. */
function allow(event: DragEvent) {
  if (hasFiles(event)) event.preventDefault();
}

function drop(event: DragEvent) {
  if (!hasFiles(event) || event.defaultPrevented) return;
  event.preventDefault();
  void takeFiles([...(event.dataTransfer?.files ?? [])]);
}

/** A run shows its answer: in place of the docs, and where one part fills the page. */
function useAnswerInView() {
  const running = isRunning();
  useEffect(() => {
    if (!running) return;
    docsShown.value = null;
    if (!matchMedia("(max-width: 43.7em)").matches) return;
    shownArea.value = "answer";
    requestAnimationFrame(() => document.getElementById("answer")?.scrollTo({ top: 0 }));
  }, [running]);
}
