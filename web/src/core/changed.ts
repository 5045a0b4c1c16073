// What of a project is not as it was when a result was made.
import type { Project } from "./project";
import { fingerprint } from "./project";

/** "model", "data", "settings": the first that differs, in this order. */
export function changedSince(earlier: string, project: Project): "model" | "data" | "settings" {
  const [before, now] = [earlier, fingerprint(project)].map((text) => JSON.parse(text) as unknown[]);
  const differs = (...parts: number[]) =>
    parts.some((part) => JSON.stringify(before?.[part]) !== JSON.stringify(now?.[part]));
  if (differs(0)) return "model";
  return differs(1, 6) ? "data" : "settings";
}
