interface Props {
  sites: string[];
  chosen: string[];
  onChoose: (sites: string[]) => void;
}

const MOST = 6;

/** Which sites are drawn in pairs: two to six. */
export default function PairPicker({ sites, chosen, onChoose }: Props) {
  return (
    <fieldset class="pair-picker">
      <legend class="small muted">Sites, two to {MOST}</legend>
      {sites.slice(0, 60).map((site) => {
        const on = chosen.includes(site);
        return (
          <label key={site} class="switch-field">
            <input
              type="checkbox"
              checked={on}
              disabled={on ? chosen.length <= 2 : chosen.length >= MOST}
              onChange={() => onChoose(on ? chosen.filter((one) => one !== site) : [...chosen, site])}
            />
            {site}
          </label>
        );
      })}
    </fieldset>
  );
}
