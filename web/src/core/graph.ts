// The graph of the model as people read it: what is in it, what an intervention does to it, what part a site plays.
import type { ArgumentUse, CheckReport, Site } from "dolab";
import type { Change, Changes, Experiment } from "./experiment";

export type NodeKind = "observed" | "latent" | "deterministic" | "factor" | "input";

export interface GraphNode {
  id: string;
  /** What people call it. */
  label: string | null;
  kind: NodeKind;
  distribution: string | null;
  plates: string[];
  /** A coefficient or prior: one for all rows. Hidden unless asked for. */
  parameter: boolean;
}
export type Edge = readonly [from: string, to: string];

export interface Graph {
  nodes: GraphNode[];
  edges: Edge[];
  /** Plate -> its size. */
  plates: Record<string, number>;
}

export type ArgumentUses = Record<string, ArgumentUse>;

export function argumentUses(report: CheckReport | null): ArgumentUses {
  return report?.arguments ?? {};
}

/** Sites, and the arguments that feed them. */
export function graphOf(report: CheckReport, labels: Experiment["labels"] = {}): Graph {
  const sites = Object.entries(report.sites);
  const isParameter = parameterTest(report);
  const nodes: GraphNode[] = [];
  const edges: Edge[] = [...report.dag.edges];
  for (const [name, { feeds }] of Object.entries(argumentUses(report))) {
    if (feeds.length === 0 || name in report.sites) continue;
    const label = labels[name]?.label ?? null;
    nodes.push({ id: name, label, kind: "input", distribution: null, plates: [], parameter: false });
    edges.push(...feeds.map((site): Edge => [name, site]));
  }
  for (const [id, site] of sites) {
    nodes.push({
      id,
      label: labels[id]?.label ?? null,
      kind: kindOf(site),
      distribution: site.distribution,
      plates: site.plates,
      parameter: isParameter(site),
    });
  }
  const plates = Object.entries(report.plates as Record<string, { size?: number }>);
  return { nodes, edges, plates: Object.fromEntries(plates.map(([name, { size }]) => [name, size ?? 0])) };
}

function kindOf(site: Site): NodeKind {
  if (site.kind === "deterministic") return "deterministic";
  if (site.kind === "factor") return "factor";
  return site.observed ? "observed" : "latent";
}

/** Rows are where observed sites are: in one of their plates, or of their length. */
function parameterTest(report: CheckReport): (site: Site) => boolean {
  const observed = Object.values(report.sites).filter((site) => site.observed);
  const plates = new Set(observed.flatMap((site) => site.plates));
  const lengths = new Set(observed.flatMap((site) => site.shape.slice(0, 1)).filter((length) => length > 1));
  const hasRows = (site: Site) =>
    site.plates.some((plate) => plates.has(plate)) || (site.plates.length === 0 && lengths.has(site.shape[0] ?? 0));
  return (site) => site.kind === "factor" || (!site.observed && !hasRows(site));
}

export function parentsOf({ edges }: Graph, id: string): string[] {
  return edges.filter(([, to]) => to === id).map(([from]) => from);
}

export function childrenOf({ edges }: Graph, id: string): string[] {
  return edges.filter(([from]) => from === id).map(([, to]) => to);
}

function reach(roots: Iterable<string>, next: (id: string) => string[]): Set<string> {
  const reached = new Set<string>();
  const open = [...roots];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const neighbour of next(id)) {
      if (reached.has(neighbour)) continue;
      reached.add(neighbour);
      open.push(neighbour);
    }
  }
  return reached;
}

/** Without the parameters, unless nothing else would be left. */
export function withoutParameters(graph: Graph): Graph {
  const nodes = graph.nodes.filter((node) => !node.parameter);
  if (nodes.length === 0) return graph;
  const shown = new Set(nodes.map(({ id }) => id));
  return { ...graph, nodes, edges: graph.edges.filter(([from, to]) => shown.has(from) && shown.has(to)) };
}

export function hasParameters(graph: Graph): boolean {
  return withoutParameters(graph).nodes.length < graph.nodes.length;
}

/** The node that a change is made at: `X.MedInc` is a column of X. */
export function nodeOf(graph: Graph, target: string): string | null {
  const known = (id: string) => graph.nodes.some((node) => node.id === id);
  if (known(target)) return target;
  const argument = target.replace(/\..*$/, "");
  return known(argument) ? argument : null;
}

/** Whether a change replaces the site's own mechanism, so that its causes no longer matter. */
export function cuts(change: Change): boolean {
  return typeof change !== "object" || Array.isArray(change) || "value" in change || "column" in change;
}

/** What a scenario does to the graph. */
export interface Surgery {
  /** Changed nodes. */
  changed: Set<string>;
  /** Arrows that no longer matter, by `edgeKey`. */
  cut: Set<string>;
  /** Nodes and arrows that the changes reach. */
  reached: Set<string>;
  litEdges: Set<string>;
}

export const edgeKey = ([from, to]: Edge) => `${from} -> ${to}`;

export function surgeryOf(graph: Graph, changes: Changes): Surgery {
  const changed = new Set<string>();
  const held = new Set<string>();
  for (const [target, change] of Object.entries(changes)) {
    const node = nodeOf(graph, target);
    if (node === null) continue;
    changed.add(node);
    if (cuts(change)) held.add(node);
  }
  const cut = new Set(graph.edges.filter(([, to]) => held.has(to)).map(edgeKey));
  const below = (id: string) => childrenOf(graph, id).filter((child) => !held.has(child));
  const reached = reach(changed, below);
  const lit = graph.edges.filter((edge) => (changed.has(edge[0]) || reached.has(edge[0])) && !cut.has(edgeKey(edge)));
  return { changed, cut, reached, litEdges: new Set(lit.map(edgeKey)) };
}

export type Part = "outcome" | "treatment" | "mediator" | "confounder" | "collider" | "cause" | "consequence" | "other";

/** The part that a site plays in the question for the effect of `treatments` on `outcome`. */
export function partOf(graph: Graph, id: string, treatments: ReadonlySet<string>, outcome: string | null): Part {
  if (id === outcome) return "outcome";
  if (treatments.has(id)) return "treatment";
  const below = reach(treatments, (node) => childrenOf(graph, node));
  const own = reach([id], (node) => childrenOf(graph, node));
  // Ways that do not lead through a treatment.
  const around = reach([id], (node) => childrenOf(graph, node).filter((child) => !treatments.has(child)));
  const leadsToTreatment = [...treatments].some((treatment) => own.has(treatment));
  const leadsToOutcome = outcome !== null && around.has(outcome);
  if (below.has(id)) {
    if (leadsToOutcome) return "mediator";
    return outcome !== null && reach([outcome], (node) => childrenOf(graph, node)).has(id) ? "collider" : "consequence";
  }
  if (leadsToTreatment) return leadsToOutcome ? "confounder" : "cause";
  return leadsToOutcome ? "cause" : "other";
}

/** "c -> z, c -> y" */
export function asText(graph: Graph): string {
  return graph.edges.map(edgeKey).join(", ");
}

/** What an effect would be about if nobody says so: an observed site that leads nowhere, the last one. */
export function likelyOutcome(graph: Graph): string | null {
  const observed = graph.nodes.filter((node) => node.kind === "observed");
  const last = observed.filter(({ id }) => childrenOf(graph, id).length === 0);
  return (last.at(-1) ?? observed.at(-1))?.id ?? null;
}
