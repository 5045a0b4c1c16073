import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Project } from "@/core/project";
import { LONGEST_LINK, fromLink, toLink } from "@/core/share";

const project = (source: string, files: Record<string, Uint8Array> = {}): Project => ({
  id: "1",
  experiment: {
    dolab: 1,
    title: "t",
    model: { source },
    data: { train: "a.csv" },
  },
  files,
});

describe("a link", () => {
  test("gives back experiment and files, whatever is in them", async () => {
    const file = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ unit: "grapheme" }).map((text) => new TextEncoder().encode(text)),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: "grapheme" }),
        fc.dictionary(fc.stringMatching(/^[a-z]{1,9}$/), file),
        async (source, files) => {
          const { fragment, withData } = await toLink(project(source, files));
          const back = await fromLink(fragment);
          expect(withData).toBe(true);
          expect(back?.experiment).toEqual(project(source).experiment);
          expect(Object.fromEntries(Object.entries(back?.files ?? {}).map(([k, v]) => [k, [...v]]))).toEqual(
            Object.fromEntries(Object.entries(files).map(([k, v]) => [k, [...v]])),
          );
        },
      ),
      { seed: 1, numRuns: 50 },
    );
  });

  test("leaves out data that would make it too long, and says so", async () => {
    let state = 1;
    const noise = Uint8Array.from({ length: 80_000 }, () => (state = Math.imul(state, 48271) >>> 0) >>> 24);
    const { fragment, withData } = await toLink(project("def model(): pass", { "a.csv": noise }));
    expect(withData).toBe(false);
    expect(fragment.length).toBeLessThan(LONGEST_LINK);
    expect((await fromLink(fragment))?.files).toEqual({});
  });

  test("of another version, damaged, or of something else is refused in a sentence", async () => {
    const { fragment } = await toLink(project("def model(): pass"));
    await expect(fromLink(fragment.replace("p=1.", "p=9."))).rejects.toThrow("format 9");
    await expect(fromLink(fragment.slice(0, -8))).rejects.toThrow("damaged");
    await expect(fromLink("#p=1.!!!")).rejects.toThrow("damaged");
    expect(await fromLink("#token=abc")).toBeNull();
    expect(await fromLink("")).toBeNull();
  });

  test("that unpacks to more than a project is, is not unpacked to the end", async () => {
    const zeros = new Response(
      new Blob([new Uint8Array(60_000_000)]).stream().pipeThrough(new CompressionStream("deflate-raw")),
    );
    const payload = Buffer.from(await zeros.arrayBuffer()).toString("base64url");
    await expect(fromLink(`#p=1.${payload}`)).rejects.toThrow("more than 50 MB");
  });
});
