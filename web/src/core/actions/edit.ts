// The one way by which views change the project.
import { notices, project } from "../lab";
import type { Project } from "../project";

export function edit(change: (project: Project) => Project): void {
  project.value = change(project.value);
}

let count = 0;

/** Shows a sentence at the edge of the page, and reads it out: for a few seconds, an error until it is closed. */
export function notify(text: string, kind: "info" | "error" = "info"): void {
  const id = ++count;
  notices.value = [...notices.value.filter((notice) => notice.text !== text), { id, text, kind }];
  if (kind === "info") setTimeout(() => closeNotice(id), 6000);
}

export function closeNotice(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}
