import { edit } from "@/core/actions/edit";
import { project } from "@/core/lab";
import { withInference } from "@/core/project";
import { methodOf } from "@/core/settings";

const methods = [
  { id: "svi", label: "SVI", about: "Stochastic variational inference: fast, approximate" },
  { id: "nuts", label: "NUTS", about: "The No-U-Turn sampler: slower, exact but for the number of draws" },
] as const;

/** How the posterior is found; HMC counts as NUTS here and is told apart among the advanced settings. */
export default function MethodChoice({ disabled }: { disabled: boolean }) {
  const method = methodOf(project.value.experiment);
  return (
    <fieldset class="method-choice" disabled={disabled}>
      <legend class="visually-hidden">Method</legend>
      {methods.map(({ id, label, about }) => {
        const chosen = id === "svi" ? method === "svi" : method !== "svi";
        return (
          <label key={id} class={chosen ? "method-choice-chosen" : ""} title={about}>
            <input
              type="radio"
              name="method"
              class="visually-hidden"
              checked={chosen}
              onChange={() => edit((old) => withInference(old, { method: id }))}
            />
            {id === "nuts" && method === "hmc" ? "HMC" : label}
          </label>
        );
      })}
    </fieldset>
  );
}
