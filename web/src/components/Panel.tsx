import type { ComponentChildren } from "preact";
import "./panel.css";

interface Props {
  title: string;
  /** Name of the section, where the title is that of what is around it. */
  name?: string;
  /** Controls at the end of the title's line. */
  actions?: ComponentChildren;
  /** Level of the title in the page's outline. */
  level?: 2 | 3;
  class?: string;
  children: ComponentChildren;
}

export default function Panel({ title, name = title, actions, level = 2, class: extra = "", children }: Props) {
  const Title = level === 2 ? "h2" : "h3";
  return (
    <section class={`panel ${extra}`} aria-label={name}>
      <header class="panel-header">
        <Title>{title}</Title>
        {actions && <div class="row">{actions}</div>}
      </header>
      {children}
    </section>
  );
}
