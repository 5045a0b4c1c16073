import Empty from "@/components/Empty";
import { edit } from "@/core/actions/edit";
import type { Binding } from "@/core/bindings";
import { bindingOf, unknownArguments, withBinding, withObserved, withoutArgument } from "@/core/bindings";
import type { Experiment } from "@/core/experiment";
import type { TableState } from "@/core/lab";
import { check, project } from "@/core/lab";
import BindingRow from "./BindingRow";
import ObservedSites from "./ObservedSites";
import "./bindings.css";

const namesOf = (state: TableState) => {
  if (state.kind === "ready") return state.columns.map(({ name }) => name);
  return state.kind === "arguments" ? state.values.map(({ name }) => name) : [];
};

/** Of a table that cannot be read the columns are not known: those that are named are taken to be there. */
function boundColumns({ data, model }: Experiment): string[] {
  const observed = Object.values(model.condition ?? {}).flatMap((change) =>
    typeof change === "object" && "column" in change ? [change.column] : [],
  );
  return [...new Set([...Object.values(data?.bind ?? {}).flat(), ...observed])];
}

/** Which argument of the model gets what, and which further sites are observed. */
export default function Bindings({ state }: { state: TableState }) {
  const { parameters, report, problems } = check.value;
  const { experiment } = project.value;
  const names = namesOf(state);
  const columns = state.kind === "ready" ? names : state.kind === "arguments" ? [] : boundColumns(experiment);
  const bind = (argument: string) => (binding: Binding) =>
    edit((before) => ({ ...before, experiment: withBinding(before.experiment, argument, binding) }));
  const observe = (site: string, column: string | null) =>
    edit((before) => ({ ...before, experiment: withObserved(before.experiment, site, column) }));
  const forget = (argument: string) =>
    edit((before) => ({ ...before, experiment: withoutArgument(before.experiment, argument) }));
  const unknown = parameters
    ? unknownArguments(
        experiment,
        parameters.map(({ name }) => name),
      )
    : [];
  return (
    <section class="bindings" aria-label="Arguments of the model">
      <h2 class="bindings-title">What the model gets</h2>
      {parameters === null && <div class="skeleton bindings-skeleton" aria-label="The model is being read" />}
      {parameters?.length === 0 && <Empty>The model takes no arguments, so it needs no data.</Empty>}
      {parameters?.map(({ name, required }) => (
        <BindingRow
          key={name}
          argument={name}
          label={experiment.labels?.[name]?.label ?? null}
          required={required}
          columns={columns}
          named={names.includes(name)}
          binding={bindingOf(experiment, name, names)}
          problem={problems.find(({ message }) => message.includes(`parameter \`${name}\``)) ?? null}
          onBind={bind(name)}
        />
      ))}
      {unknown.map((argument) => (
        <p key={argument} class="row spread bindings-unknown">
          <span>
            The model has no argument <code>{argument}</code>.
          </span>
          <button type="button" class="button" onClick={() => forget(argument)}>
            Forget it
          </button>
        </p>
      ))}
      {report && (
        <ObservedSites
          sites={report.sites}
          condition={experiment.model.condition ?? {}}
          columns={columns}
          onObserve={observe}
        />
      )}
    </section>
  );
}
