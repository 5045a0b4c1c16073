// Whether the effect of what is changed on the outcome is identified, from the verdicts of the core.
import type { CheckReport } from "dolab";
import type { Graph } from "./graph";

export interface Identification {
  kind: "identified" | "open" | "unknown";
  reason: string;
}

/** The core judges one treatment at a time; of several, the first that is not identified counts. */
export function identificationOf(
  report: CheckReport,
  graph: Graph,
  treatments: ReadonlySet<string>,
  outcome: string,
): Identification {
  const isInput = (id: string) => graph.nodes.some((node) => node.id === id && node.kind === "input");
  const inputs: string[] = [];
  const blocked: string[] = [];
  for (const treatment of treatments) {
    if (isInput(treatment)) {
      inputs.push(treatment);
      continue;
    }
    const verdict = report.identified.find((each) => each.treatment === treatment && each.outcome === outcome);
    if (!verdict || verdict.identified === null) {
      const reason = verdict?.reason ?? `The model has no way from ${treatment} to ${outcome} that the data show.`;
      return { kind: "unknown", reason };
    }
    if (!verdict.identified) return { kind: "open", reason: sentence(verdict.reason ?? "") };
    blocked.push(treatment);
  }
  const reasons = [
    blocked.length > 0 && `What the model observes blocks every other way from ${blocked.join(" and ")} to ${outcome}.`,
    inputs.length > 0 && `Nothing in the model causes ${inputs.join(" or ")}.`,
  ];
  return { kind: "identified", reason: reasons.filter(Boolean).join(" ") };
}

function sentence(text: string): string {
  return text === "" || text.endsWith(".") ? text : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
