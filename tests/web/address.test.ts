import { expect, test } from "vitest";
import { readAddress } from "@/core/address";

const nothing = { example: null, theme: null, threads: null, engine: null, problems: [] };

test("what an address asks for", () => {
  expect(readAddress("")).toEqual(nothing);
  expect(readAddress("?example=confounder&theme=dark&threads=2&engine=single")).toEqual({
    example: "confounder",
    theme: "dark",
    threads: 2,
    engine: "single",
    problems: [],
  });
});

test("what is not understood is said, and asks for nothing", () => {
  for (const [search, said] of [
    ["?threads=0", "threads=0; it may be 1 to 64"],
    ["?threads=65", "1 to 64"],
    ["?threads=two", "threads=two"],
    ["?theme=pink", "light or dark"],
    ["?engine=gpu", "it may be single"],
    ["?utm=1&x=2", "utm, x, which this page does not know"],
    [`?theme=${"a".repeat(200)}`, "theme=aaaa"],
  ] as const) {
    const { problems, ...asked } = readAddress(search);
    expect({ ...asked, problems: [] }).toEqual(nothing);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(said);
    expect(problems[0]?.length).toBeLessThan(120);
  }
});
