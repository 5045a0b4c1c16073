import Panel from "@/components/Panel";
import { edit } from "@/core/actions/edit";
import { chooseOutcome } from "@/core/actions/question";
import { OBSERVED } from "@/core/experiment";
import { activeEffect, activeScenario, project } from "@/core/lab";
import { graph, shownOutcome } from "@/core/question";
import { baselinesOf, letterOf, withBaseline } from "@/core/scenarios";
import IdentificationBadge from "./IdentificationBadge";
import "./query-bar.css";

/** The question as a sentence to fill in, and whether it can be answered. */
export default function QueryBar() {
  const { effects = [], labels = {} } = project.value.experiment;
  const effect = effects[activeEffect.value];
  const outcomes = (graph.value?.nodes ?? []).filter(({ kind }) => kind !== "input" && kind !== "factor");
  if (outcomes.length === 0) return null;
  const named = (id: string) => (labels[id]?.label ? `${id} (${labels[id].label})` : id);
  return (
    <Panel title="The question in full" class="query-bar">
      <p class="query-bar-sentence">
        <span>Effect on</span>
        <select
          class="field"
          aria-label="Outcome"
          value={shownOutcome.value ?? ""}
          onChange={(event) => chooseOutcome(event.currentTarget.value)}
        >
          {outcomes.map(({ id }) => (
            <option key={id} value={id}>
              {named(id)}
            </option>
          ))}
        </select>
        <span>of</span>
        {effects.length > 1 ? (
          <select
            class="field"
            aria-label="Scenario"
            value={activeEffect.value}
            onChange={(event) => (activeEffect.value = Number(event.currentTarget.value))}
          >
            {effects.map(({ intervention }, index) => (
              <option key={index} value={index}>{`${letterOf(index)} ${intervention}`}</option>
            ))}
          </select>
        ) : (
          <strong>{activeScenario.value ?? "a change that you choose"}</strong>
        )}
        <span>compared with</span>
        <select
          class="field"
          aria-label="Baseline"
          disabled={!effect}
          value={effect?.baseline ?? OBSERVED}
          onChange={(event) => {
            const baseline = event.currentTarget.value;
            edit((project) => withBaseline(project, activeEffect.value, baseline));
          }}
        >
          {baselinesOf(project.value)
            .filter((name) => name !== effect?.intervention)
            .map((name) => (
              <option key={name} value={name}>
                {name === OBSERVED ? "what was observed" : name}
              </option>
            ))}
        </select>
      </p>
      <IdentificationBadge />
      <p class="query-bar-lock small muted">
        <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
          <path d="M3 6h8v6.5H3z M4.5 6V4a2.5 2.5 0 0 1 5 0v2" fill="none" stroke="currentColor" stroke-width="1.4" />
        </svg>
        Both sides use the same random numbers, so that their difference is not noise.
      </p>
    </Panel>
  );
}
