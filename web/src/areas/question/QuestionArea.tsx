import { activeEffect, project } from "@/core/lab";
import GraphPanel from "./GraphPanel";
import QueryBar from "./QueryBar";
import WhatIfPanel from "./WhatIfPanel";
import "./question-area.css";

/** What is asked: in words, in the picture of the model, and in what is changed. */
export default function QuestionArea() {
  const { question, title } = project.value.experiment;
  return (
    <div class="question-area" data-tone={1 + (activeEffect.value % 5)}>
      <h2 class="question-area-question">{question || title || "What happens if we set it?"}</h2>
      <GraphPanel />
      <WhatIfPanel />
      <QueryBar />
    </div>
  );
}
