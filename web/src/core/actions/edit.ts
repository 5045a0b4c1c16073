// The one way by which views change the project.
import { notices, project } from "../lab";
import type { Project } from "../project";

export function edit(change: (project: Project) => Project): void {
  project.value = change(project.value);
}

let count = 0;

/** Shows a sentence at the edge of the page for a few seconds, and reads it out. */
export function notify(text: string, kind: "info" | "error" = "info"): void {
  const id = ++count;
  notices.value = [...notices.value, { id, text, kind }];
  setTimeout(() => (notices.value = notices.value.filter((notice) => notice.id !== id)), 6000);
}
