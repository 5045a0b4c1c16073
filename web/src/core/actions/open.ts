// Puts a project on the page: an example, a file, or what was kept.
import { batch } from "@preact/signals";
import { keyOf, requestOf } from "../effects";
import { activeEffect, check, fitLoss, project, reference, result, run, selectedSite, table } from "../lab";
import type { EffectView, ShownEffect } from "../lab";
import { hold } from "../hold";
import type { Project } from "../project";
import { fingerprint } from "../project";
import type { StoredExample } from "../stored";
import { loadExample } from "../stored";
import { supportsOf } from "../support";

export function openProject(opened: Project): void {
  hold(opened.id);
  batch(() => {
    project.value = opened;
    check.value = { kind: "idle", report: null, parameters: null, problems: [] };
    table.value = { kind: "empty" };
    run.value = { kind: "idle" };
    fitLoss.value = null;
    result.value = null;
    reference.value = null;
    selectedSite.value = null;
    activeEffect.value = 0;
  });
}

const blank = `import numpyro
import numpyro.distributions as dist


def model(x, y=None):
    slope = numpyro.sample("slope", dist.Normal(0, 1))
    noise = numpyro.sample("noise", dist.HalfNormal(1))
    with numpyro.plate("rows", x.shape[0]):
        numpyro.sample("y", dist.Normal(slope * x, noise), obs=y)
`;

export function openNew(): void {
  const experiment = { dolab: 1 as const, title: "New project", model: { source: blank } };
  openProject({ id: crypto.randomUUID(), experiment, files: {} });
}

export async function openExample(name: string): Promise<void> {
  const stored = await loadExample(name);
  const encoder = new TextEncoder();
  const files = Object.entries(stored.files).map(([file, text]) => [file, encoder.encode(text)] as const);
  batch(() => {
    openProject({
      id: crypto.randomUUID(),
      experiment: stored.experiment,
      files: Object.fromEntries(files),
      example: name,
    });
    check.value = { kind: "good", report: stored.check, parameters: null, problems: [] };
    reference.value = {
      truth: stored.truth,
      naive: stored.naive?.mean ?? null,
      contrast: keyOf(requestOf(stored.experiment, 0)),
    };
    result.value = storedResult(stored);
  });
}

function storedResult(stored: StoredExample) {
  return {
    made: "",
    origin: "stored" as const,
    fingerprint: fingerprint(project.value),
    supports: supportsOf({ report: stored.check }),
    complete: true,
    method: stored.report.method,
    seconds: stored.report.seconds["total"] ?? null,
    summary: stored.summary,
    warnings: stored.report.warnings,
    diagnostics: stored.report.diagnostics,
    fit: null,
    effects: stored.effects.map(storedEffect),
    curve: stored.curve,
    losses: null,
  };
}

function storedEffect({ draws, ...effect }: StoredExample["effects"][number]): EffectView {
  const report: ShownEffect = { ...effect, hdi_prob: 0.94, effects: [effect], warnings: [] };
  return { kind: "ready", report, draws, rows: null, problem: null };
}
