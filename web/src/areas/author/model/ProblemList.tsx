import { useRef } from "preact/hooks";
import type { CheckState } from "@/core/lab";
import type { PlacedProblem } from "@/core/problems";
import { areaOf } from "@/core/problems";
import "./problem-list.css";

interface Props {
  state: CheckState;
  onChoose: (problem: PlacedProblem) => void;
}

/** What the core found, under the text; each leads to its place. */
export default function ProblemList({ state, onChoose }: Props) {
  const { kind, problems } = state;
  // What is read out changes with what was found, not with every look.
  const said = useRef("");
  if (kind !== "checking") said.current = summary(state);
  return (
    <section class="problem-list" aria-label="Problems">
      <p class="problem-list-status">
        <span role="status">{said.current}</span>
        {kind === "checking" && <span aria-hidden="true"> Checking…</span>}
      </p>
      {problems.length > 0 && (
        <ul data-old={kind === "checking"}>
          {problems.map((problem) => (
            <li key={`${problem.code}${problem.line}${problem.message}`}>
              <button
                type="button"
                class={`problem-list-item problem-list-${problem.severity}`}
                onClick={() => onChoose(problem)}
              >
                <span class="problem-list-mark" aria-hidden="true">
                  {problem.severity === "error" ? "×" : "!"}
                </span>
                <span class="problem-list-text">
                  <span class="visually-hidden">{problem.severity}: </span>
                  {problem.message}
                  {problem.hint !== null && <span class="problem-list-hint">{problem.hint}</span>}
                </span>
                <span class="problem-list-place numbers">{placeOf(problem)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function placeOf(problem: PlacedProblem): string {
  if (areaOf(problem) === "data") return "data";
  return problem.line === null ? "" : `line ${problem.line}`;
}

function summary({ kind, report, problems }: CheckState): string {
  if (kind === "idle") return "Not checked yet";
  const counted = (count: number, one: string) => (count === 0 ? [] : [`${count} ${one}${count === 1 ? "" : "s"}`]);
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const found = [...counted(errors, "error"), ...counted(problems.length - errors, "warning")].join(", ");
  if (kind === "bad" || !report) return found;
  const random = Object.values(report.sites).filter((site) => site.kind === "sample");
  const observed = random.filter((site) => site.observed).length;
  const sites = `The model fits its data: ${random.length} random sites, ${observed} of them observed`;
  return found === "" ? sites : `${sites}; ${found}`;
}
