// What an address may ask for: ?example=NAME&theme=light|dark&threads=1..64&engine=single
export interface Asked {
  example: string | null;
  theme: "light" | "dark" | null;
  threads: number | null;
  engine: "single" | null;
  /** Of what was not understood, a sentence each. */
  problems: string[];
}

const parameters = ["example", "theme", "threads", "engine"];
const shown = (text: string) => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

export function readAddress(search: string): Asked {
  const query = new URLSearchParams(search);
  const problems: string[] = [];
  const read = <T>(name: string, parse: (text: string) => T | null, known: string): T | null => {
    const text = query.get(name);
    if (text === null) return null;
    const value = parse(text);
    if (value === null) problems.push(`The address asks for ${name}=${shown(text)}; it may be ${known}.`);
    return value;
  };
  const oneOf =
    <T extends string>(...values: T[]) =>
    (text: string) =>
      values.find((value) => value === text) ?? null;
  const threads = (text: string) => (/^\d{1,2}$/.test(text) && +text >= 1 && +text <= 64 ? Number(text) : null);
  const asked = {
    example: query.get("example"),
    theme: read("theme", oneOf("light", "dark"), "light or dark"),
    threads: read("threads", threads, "1 to 64"),
    engine: read("engine", oneOf("single"), "single"),
  };
  const others = [...new Set(query.keys())].filter((name) => !parameters.includes(name));
  if (others.length > 0) {
    problems.push(`The address asks for ${others.map(shown).join(", ")}, which this page does not know.`);
  }
  return { ...asked, problems };
}
