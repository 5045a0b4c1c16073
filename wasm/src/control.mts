// The control block of a running command: Control in bind/engine.hpp, at fixed offsets.
import type { Progress } from "./types.mjs";

export const controlBytes = 176;

/// Word 0 is the caller's: not 0 asks the command to end. Word 1 is a version, odd while the rest is being written.
export const stopWord = 0;
export const versionWord = 1;

export function readProgress(bytes: Uint8Array): Progress {
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
  };
}
