import { useId } from "preact/hooks";
import NumberField from "@/components/NumberField";
import { edit } from "@/core/actions/edit";
import { project } from "@/core/lab";
import type { Setting, SettingValue } from "@/core/settings";
import { methodOf, numberProblem, settingValue, withSetting } from "@/core/settings";

/** One setting of the fit, as its kind asks for. */
export default function SettingField({ setting, disabled }: { setting: Setting; disabled: boolean }) {
  const id = useId();
  const { experiment } = project.value;
  const value = setting.key === "method" ? methodOf(experiment) : settingValue(experiment, setting);
  const take = (taken: SettingValue) => edit((old) => withSetting(old, setting, taken));
  if (value === null) {
    return (
      <div class="choice-field">
        <label for={id}>{setting.label}</label>
        <button id={id} type="button" class="button" disabled={disabled} onClick={() => take(setting.fallback)}>
          from the file; use {String(setting.fallback)}
        </button>
      </div>
    );
  }
  if (setting.kind === "switch") {
    return (
      <label class="switch-field" title={setting.about}>
        <input
          type="checkbox"
          checked={value === true}
          disabled={disabled}
          onChange={(event) => take(event.currentTarget.checked)}
        />
        {setting.label}
      </label>
    );
  }
  if (setting.kind === "choice") {
    const known = setting.choices.some((choice) => choice.value === value);
    return (
      <div class="choice-field">
        <label for={id} title={setting.about}>
          {setting.label}
        </label>
        <select
          id={id}
          class="field"
          disabled={disabled}
          value={String(value)}
          onChange={(e) => take(e.currentTarget.value)}
        >
          {!known && <option value={String(value)}>{String(value)}</option>}
          {setting.choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.label}
            </option>
          ))}
        </select>
      </div>
    );
  }
  return (
    <NumberField
      label={setting.label}
      about={setting.about}
      value={Number(value)}
      integer={setting.kind === "integer"}
      disabled={disabled}
      problem={(number) => numberProblem(setting, number)}
      onChange={take}
    />
  );
}
