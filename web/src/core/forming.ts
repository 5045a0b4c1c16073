// The shown effect as it forms: the engine beside the one that fits goes on from a checkpoint, ends at once, and is
// asked for the effect of what there is.
import { requestOf } from "./effects";
import { filesFor, sideEngine } from "./engine";
import type { Project } from "./project";

/** Between two looks: as long, at least, as the last one took. */
const PAUSE_MS = 400;

/** Takes the checkpoints of one run. While one is being worked on, others are passed over. */
export function formingEffect(project: Project, index: number, show: (draws: Float64Array) => void) {
  let busy = false;
  let ended = false;
  let ready = 0;
  const { experiment, files } = project;

  async function ask(resume: Uint8Array): Promise<void> {
    const engine = await sideEngine();
    if (ended) return;
    const task = engine.run({ ...experiment, effects: [] }, { files: filesFor(engine, files), resume });
    task.stop();
    const { fit } = await task;
    try {
      if (ended) return;
      const { draws } = await fit.effect(requestOf(experiment, index));
      if (!ended) show(draws.data);
    } finally {
      fit.dispose();
    }
  }

  return {
    offer(checkpoint: Uint8Array): void {
      if (busy || ended || performance.now() < ready || !experiment.effects?.[index]) return;
      busy = true;
      const began = performance.now();
      // There may be no draws yet; the result itself says what is wrong, if anything is.
      ask(checkpoint)
        .catch(() => undefined)
        .finally(() => {
          busy = false;
          const now = performance.now();
          ready = now + Math.max(PAUSE_MS, now - began);
        });
    },
    end(): void {
      ended = true;
    },
  };
}
