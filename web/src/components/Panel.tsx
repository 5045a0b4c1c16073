import type { ComponentChildren } from "preact";
import "./panel.css";

interface Props {
  title: string;
  /** Name of the section, where the title is that of what is around it. */
  name?: string;
  /** Controls at the end of the title's line. */
  actions?: ComponentChildren;
  class?: string;
  children: ComponentChildren;
}

export default function Panel({ title, name = title, actions, class: extra = "", children }: Props) {
  return (
    <section class={`panel ${extra}`} aria-label={name}>
      <header class="panel-header">
        <h2>{title}</h2>
        {actions && <div class="row">{actions}</div>}
      </header>
      {children}
    </section>
  );
}
