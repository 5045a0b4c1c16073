import type { ComponentChildren } from "preact";
import "./banner.css";

interface Props {
  kind: "info" | "good" | "warn" | "bad";
  title?: string;
  children?: ComponentChildren;
  actions?: ComponentChildren;
}

const marks = { info: "i", good: "✓", warn: "!", bad: "×" };
const names = { info: "Note", good: "Good", warn: "Warning", bad: "Error" };

/** A message that stays. The mark and its name say the kind without colour. */
export default function Banner({ kind, title, children, actions }: Props) {
  return (
    <div class={`banner banner-${kind}`} role={kind === "bad" ? "alert" : undefined}>
      <span class="banner-mark" aria-hidden="true">
        {marks[kind]}
      </span>
      <div class="banner-text">
        <span class="visually-hidden">{names[kind]}: </span>
        {title && <strong>{title}</strong>}
        {children && <div>{children}</div>}
        {actions && <div class="row banner-actions">{actions}</div>}
      </div>
    </div>
  );
}
