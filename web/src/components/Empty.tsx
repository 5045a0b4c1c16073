import type { ComponentChildren } from "preact";
import "./panel.css";

/** What a panel says when it has nothing to show: one sentence, and what to do about it. */
export default function Empty({ children, action }: { children: ComponentChildren; action?: ComponentChildren }) {
  return (
    <div class="empty">
      <p>{children}</p>
      {action}
    </div>
  );
}
