// Large bytes are worked on piece by piece, and go to an engine once.
import { effect } from "@preact/signals";
import type { Engine, ModelOptions } from "dolab";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Result } from "@/core/lab";
import { checksum, countChecksums } from "@/util/checksum";
import { inPieces } from "@/util/pieces";

const size = 10_000_000;
const large = () => Uint8Array.from({ length: size }, (_, i) => (i * i) % 251);

describe("pieces", () => {
  it("cover the bytes in order, and let others work in between", async () => {
    const firsts: number[] = [];
    let others = 0;
    const counting = setInterval(() => (others += 1));
    let sum = 0;
    await inPieces(new Uint8Array(size), (piece, first) => {
      firsts.push(first);
      sum += piece.length;
    });
    clearInterval(counting);
    expect(sum).toBe(size);
    expect(firsts).toEqual([0, 2 ** 22, 2 ** 23]);
    expect(others).toBeGreaterThan(0);
  });

  it("are one where there is nothing", async () => {
    const work = vi.fn();
    await inPieces(new Uint8Array(0), work);
    expect(work).toHaveBeenCalledTimes(1);
  });
});

describe("checksums", () => {
  it("are the same at once and piece by piece, and counted once", async () => {
    const [a, b] = [large(), large()];
    await countChecksums({ a });
    expect(checksum(a)).toBe(checksum(b));
    a[size - 1] = 255; // which nobody does, and shows here that it is not counted again
    expect(checksum(a)).toBe(checksum(b));
    expect(checksum(a.slice())).not.toBe(checksum(b));
  });
});

describe("an engine that is asked again and again", () => {
  const calls = { keep: 0, model: 0, check: [] as ModelOptions[], disposed: 0 };
  const fake = {
    keep: (bytes: Uint8Array) => {
      calls.keep += 1;
      return { size: bytes.length, dispose: () => (calls.disposed += 1) };
    },
    model: () => {
      calls.model += 1;
      const check = (options: ModelOptions) => {
        calls.check.push(options);
        return Promise.resolve({ sites: {}, warnings: [] });
      };
      return Promise.resolve({ parameters: [], check });
    },
    language: () => Promise.resolve({ modules: [], builtins: [] }),
  };
  beforeEach(() => {
    vi.doMock("dolab", () => ({
      createEngine: () => Promise.resolve(fake as unknown as Engine),
    }));
  });

  it("gets the table once, however often the model is edited, and the page reads it once", async () => {
    const { project, result, stale } = await import("@/core/lab");
    const { withSource, withTable } = await import("@/core/project");
    const { watchChecks } = await import("@/core/actions/checks");
    const read = vi.spyOn(Math, "imul"); // once for each byte
    const train = new Uint8Array(1000);
    const experiment = {
      dolab: 1 as const,
      model: { source: "" },
      data: { train: "train.csv" },
    };
    project.value = { id: "one", experiment, files: { "train.csv": train } };
    result.value = { fingerprint: "" } as Result;
    const stops = [watchChecks(), effect(() => void stale.value)];
    for (let edits = 1; edits <= 3; edits += 1) {
      project.value = withSource(project.value, `# ${edits}`);
      await vi.waitFor(() => expect(calls.check.length).toBe(edits), {
        timeout: 2000,
      });
    }
    expect(calls.keep).toBe(1);
    expect(new Set(calls.check.map(({ data }) => (data as { bytes: unknown }).bytes)).size).toBe(1);
    expect(read).toHaveBeenCalledTimes(train.length);
    project.value = withTable(project.value, "train.csv", new Uint8Array(2000));
    await vi.waitFor(() => expect(calls.check.length).toBe(4), {
      timeout: 2000,
    });
    expect([calls.keep, calls.disposed]).toEqual([2, 1]);
    for (const stop of stops) stop();
  });
});
