import Banner from "@/components/Banner";
import { edit } from "@/core/actions/edit";
import { project, result } from "@/core/lab";
import { adviceOn, roundedNumbers } from "@/core/warnings";

/** What the core warns of, in words, with what to do. */
export default function FitWarnings() {
  const warnings = result.value?.warnings ?? [];
  return (
    <>
      {warnings.map((warning) => {
        const { title, todo, action } = adviceOn(warning, project.value);
        return (
          <Banner
            key={warning.code + warning.message}
            kind="warn"
            title={title}
            actions={
              action && (
                <button type="button" class="button" onClick={() => edit(action.change)}>
                  {action.label}
                </button>
              )
            }
          >
            {todo}
            {title !== warning.message && (
              <div class="muted">
                {roundedNumbers(warning.message)} [{warning.code}]
              </div>
            )}
          </Banner>
        );
      })}
    </>
  );
}
