import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { events } from "@/core/computer";

/** A stream that hands out the text in the given pieces of bytes. */
function pieces(text: string, cuts: number[]): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  const ends = [...new Set(cuts.map((cut) => cut % bytes.length))].sort((a, b) => a - b).concat(bytes.length);
  return new ReadableStream({
    start(controller) {
      let from = 0;
      for (const end of ends) {
        controller.enqueue(bytes.slice(from, end));
        from = end;
      }
      controller.close();
    },
  });
}

describe("server-sent events", () => {
  const stream =
    ': here\n\nevent: progress\ndata: {"phase":"fit – é","done":3}\n\n:\n\nevent: done\r\ndata: {"complete":true}\r\n\r\n';

  test("are the same however the bytes arrive, comments left out", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat()), async (cuts) => {
        const seen = [];
        for await (const event of events(pieces(stream, cuts))) seen.push(event);
        expect(seen).toEqual([
          { name: "progress", data: { phase: "fit – é", done: 3 } },
          { name: "done", data: { complete: true } },
        ]);
      }),
      { seed: 2, numRuns: 100 },
    );
  });

  test("an event that was cut off is none", async () => {
    const seen = [];
    for await (const event of events(pieces('event: done\ndata: {"complete":true}', []))) seen.push(event);
    expect(seen).toEqual([]);
  });
});
