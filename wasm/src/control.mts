// The control block of a running command: Control in bind/engine.hpp, at fixed offsets.
import type { ChainProgress, Progress } from "./types.mjs";

export const controlBytes = 4680;

/// Word 0 is the caller's: one of `stopValues` asks the command to end. Word 1 is a version, odd while the rest is being
/// written.
export const stopWord = 0;
export const stopValues = { finish_early: 1, abandon: 2 };
export const versionWord = 1;

// LiveInference in dolab/progress.hpp.
const mostChains = 16;
const chainBytes = 24;
const keptLosses = 256;
const lossBytes = 16;
const chainsAt = 200;
const lossesAt = chainsAt + mostChains * chainBytes;

/// Reads one run's control block, again and again: each report has the losses that the one before it had not.
export class ProgressReader {
  #losses = 0;

  read(bytes: Uint8Array): Progress {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const real = (offset: number) => view.getFloat64(offset, true);
    const text = (first: number, size: number) => {
      const part = bytes.slice(first, first + size);
      const end = part.indexOf(0);
      return new TextDecoder().decode(end < 0 ? part : part.subarray(0, end));
    };
    return {
      phase: text(48, 32),
      done: real(8),
      total: real(16),
      seconds: real(24),
      rate: real(32),
      eta_seconds: real(40),
      note: text(80, 96),
      losses: this.#newLosses(view),
      chains: readChains(view),
    };
  }

  #newLosses(view: DataView): Progress["losses"] {
    const told = view.getInt32(180, true);
    const losses = [];
    for (let k = Math.max(this.#losses, told - keptLosses); k < told; ++k) {
      const at = lossesAt + (k % keptLosses) * lossBytes;
      losses.push({ step: view.getFloat64(at, true), loss: view.getFloat64(at + 8, true) });
    }
    this.#losses = told;
    return losses;
  }
}

function readChains(view: DataView): ChainProgress[] {
  const chains = [];
  const count = Math.min(view.getInt32(176, true), mostChains);
  for (let c = 0; c < count; ++c) {
    const [iteration, divergences, step_size] = [0, 8, 16].map((k) =>
      view.getFloat64(chainsAt + c * chainBytes + k, true),
    );
    const [warmup, total] = [184, 192].map((offset) => view.getFloat64(offset, true));
    chains.push({ iteration, total, warmup, divergences, step_size } as ChainProgress);
  }
  return chains;
}
