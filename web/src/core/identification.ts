// Whether the effect of what is changed on the outcome is identified, from the verdicts of the core.
import type { CheckReport } from "dolab";
import type { Graph } from "./graph";

export interface Identification {
  kind: "identified" | "open" | "unknown";
  reason: string;
}

interface Verdict {
  treatment: string;
  outcome: string;
  identified: boolean | null;
  reason: string | null;
}

/** The core judges one treatment at a time; of several, the first that is not identified counts. */
export function identificationOf(
  report: CheckReport,
  graph: Graph,
  treatments: ReadonlySet<string>,
  outcome: string,
): Identification {
  const verdicts = report.identified as Verdict[];
  const isInput = (id: string) => graph.nodes.some((node) => node.id === id && node.kind === "input");
  const ways: string[] = [];
  for (const treatment of treatments) {
    if (isInput(treatment)) {
      ways.push(`${treatment} comes from outside the model: nothing in it causes it.`);
      continue;
    }
    const verdict = verdicts.find((each) => each.treatment === treatment && each.outcome === outcome);
    if (!verdict || verdict.identified === null) {
      const reason = verdict?.reason ?? `The model has no way from ${treatment} to ${outcome} that the data show.`;
      return { kind: "unknown", reason };
    }
    if (!verdict.identified) return { kind: "open", reason: sentence(verdict.reason ?? "") };
    ways.push(`What the model observes blocks every other way from ${treatment} to ${outcome}.`);
  }
  return { kind: "identified", reason: ways.join(" ") };
}

function sentence(text: string): string {
  return text === "" || text.endsWith(".") ? text : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
