import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import "./tabs.css";

interface Tab {
  id: string;
  label: string;
  /** Short mark after the label, such as a count of problems. */
  mark?: string;
  /** The mark in words. */
  markName?: string;
}

interface Props {
  label: string;
  tabs: Tab[];
  chosen: string;
  onChoose: (id: string) => void;
  children: ComponentChildren;
}

/** Tabs as the ARIA practices have them: arrows, Home and End move and choose. */
export default function Tabs({ label, tabs, chosen, onChoose, children }: Props) {
  const base = useId();
  const move = (event: KeyboardEvent) => {
    const at = tabs.findIndex((tab) => tab.id === chosen);
    const last = tabs.length - 1;
    const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[
      event.key
    ];
    const target = to === undefined ? undefined : tabs[to];
    if (!target) return;
    event.preventDefault();
    onChoose(target.id);
    document.getElementById(`${base}-${target.id}`)?.focus();
  };
  return (
    <div class="tabs">
      <div class="tabs-list" role="tablist" aria-label={label} onKeyDown={move}>
        {tabs.map((tab) => (
          <button
            key={tab.id}
            id={`${base}-${tab.id}`}
            type="button"
            role="tab"
            class="tabs-tab"
            aria-selected={tab.id === chosen}
            aria-controls={`${base}-panel`}
            tabIndex={tab.id === chosen ? 0 : -1}
            onClick={() => onChoose(tab.id)}
          >
            {tab.label}
            {tab.mark && (
              <span class="tabs-mark">
                <span aria-hidden={tab.markName !== undefined}>{tab.mark}</span>
                {tab.markName && <span class="visually-hidden">{`, ${tab.markName}`}</span>}
              </span>
            )}
          </button>
        ))}
      </div>
      <div class="tabs-panel" role="tabpanel" id={`${base}-panel`} aria-labelledby={`${base}-${chosen}`} tabIndex={0}>
        {children}
      </div>
    </div>
  );
}
