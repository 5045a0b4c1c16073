import type { NodeKind, Part } from "@/core/graph";

export const kindWords: Record<NodeKind, string> = {
  observed: "observed",
  latent: "not observed",
  deterministic: "computed from its causes",
  factor: "a factor of the density",
  input: "an input",
};

/** What a site is to the question. */
export const partWords: Record<Part, string> = {
  outcome: "The outcome: what the question is about.",
  treatment: "Changed in this scenario.",
  mediator: "A mediator: part of the effect passes through it.",
  confounder: "A confounder: it influences what is changed and the outcome, so a plain comparison would mislead.",
  collider: "A collider: both what is changed and the outcome influence it.",
  cause: "A cause of what is changed or of the outcome.",
  consequence: "A consequence of what is changed.",
  other: "Not on the way from what is changed to the outcome.",
};
