import { useComputed } from "@preact/signals";
import { useRef } from "preact/hooks";
import Banner from "@/components/Banner";
import { edit } from "@/core/actions/edit";
import { check, project, selectedSite } from "@/core/lab";
import { source, withSource } from "@/core/project";
import type { PlacedProblem } from "@/core/problems";
import { areaOf } from "@/core/problems";
import type { Editor } from "./editor";
import ModelEditor from "./ModelEditor";
import ProblemList from "./ProblemList";
import "./model-panel.css";

const change = (text: string) => edit((before) => withSource(before, text));

/** The model's text with what the core says about it. */
export default function ModelPanel({ onShowData }: { onShowData: () => void }) {
  const editor = useRef<Editor | null>(null);
  const text = useComputed(() => source(project.value));
  const go = (problem: PlacedProblem) => {
    if (areaOf(problem) === "data") onShowData();
    else editor.current?.goTo(problem.line ?? 1, problem.column ?? 1);
  };
  return (
    <>
      <ModelEditor
        text={text}
        problems={check.value.kind === "checking" ? null : check.value.problems}
        site={selectedSite.value}
        onChange={change}
        handle={editor}
      />
      {text.value.trim() === "" && (
        <Banner kind="info" title="An empty model">
          A model is a function that draws its unknowns with <code>numpyro.sample</code>.
        </Banner>
      )}
      <ProblemList state={check.value} onChoose={go} />
    </>
  );
}
