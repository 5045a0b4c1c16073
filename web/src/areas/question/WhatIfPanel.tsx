import Empty from "@/components/Empty";
import Panel from "@/components/Panel";
import Tabs from "@/components/Tabs";
import { addScenario, clearScenario, controlId, intervene, removeScenario, setChange } from "@/core/actions/question";
import { activeEffect, activeScenario, project } from "@/core/lab";
import { changes, graph, shownOutcome } from "@/core/question";
import { letterOf, mostScenarios } from "@/core/scenarios";
import { changeOf, targetsOf } from "@/core/targets";
import ChangeRow from "./ChangeRow";
import ScenarioName from "./ScenarioName";
import "./what-if-panel.css";

/** Scenarios A to F, and what each of them changes. */
export default function WhatIfPanel() {
  const effects = project.value.experiment.effects ?? [];
  const tabs = effects.map(({ intervention }, index) => ({
    id: String(index),
    label: `${letterOf(index)} ${intervention}`,
  }));
  return (
    <Panel
      title="What if"
      class="what-if-panel"
      actions={
        effects.length > 0 && (
          <button
            type="button"
            class="button quiet small"
            disabled={effects.length >= mostScenarios}
            onClick={addScenario}
          >
            Add scenario
          </button>
        )
      }
    >
      {effects.length > 1 ? (
        <Tabs
          label="Scenarios"
          tabs={tabs}
          chosen={String(activeEffect.value)}
          onChoose={(id) => (activeEffect.value = Number(id))}
        >
          <Scenario />
        </Tabs>
      ) : (
        <Scenario />
      )}
    </Panel>
  );
}

function Scenario() {
  const name = activeScenario.value;
  const own = Object.entries(changes.value);
  const { effects = [] } = project.value.experiment;
  return (
    <div class="stack">
      {own.length === 0 && (
        <Empty>
          {graph.value
            ? "Nothing is changed yet. Choose a site in the graph and press Change, or take one from the list below."
            : "What can be changed is known once the model has no errors."}
        </Empty>
      )}
      {own.map(([target, change]) => (
        <ChangeRow key={target} target={target} change={change} onChange={(next) => setChange(target, next)} />
      ))}
      <div class="row spread">
        <AddChange />
        {own.length > 1 && (
          <button type="button" class="button quiet small" onClick={clearScenario}>
            Remove all
          </button>
        )}
      </div>
      {name !== null && effects.length > 1 && (
        <div class="row spread what-if-panel-scenario">
          <ScenarioName key={name} name={name} />
          <button type="button" class="button quiet small" onClick={() => removeScenario(activeEffect.value)}>
            Remove scenario
          </button>
        </div>
      )}
    </div>
  );
}

/** Everything that is not changed yet. */
function AddChange() {
  const shown = graph.value;
  if (!shown) return null;
  const free = targetsOf(shown, project.value.experiment).filter(
    ({ id, node }) => !(id in changes.value) && node !== shownOutcome.value,
  );
  if (free.length === 0) return null;
  const words = Object.keys(changes.value).length === 0 ? "Change something" : "Change something else";
  const choose = (id: string) => {
    const target = free.find((each) => each.id === id);
    if (!target) return;
    if (target.id === target.node) return intervene(target.node);
    setChange(target.id, changeOf("shift", null, null));
    requestAnimationFrame(() => document.getElementById(controlId(target.id))?.focus());
  };
  return (
    <select
      class="field small"
      aria-label={words}
      value=""
      onChange={(event) => {
        choose(event.currentTarget.value);
        event.currentTarget.value = "";
      }}
    >
      <option value="" disabled>
        {words}…
      </option>
      {free.map(({ id, node }) => {
        const label = project.value.experiment.labels?.[node]?.label;
        return (
          <option key={id} value={id}>
            {label ? `${id} (${label})` : id}
          </option>
        );
      })}
    </select>
  );
}
