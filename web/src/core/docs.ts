// What the docs panel holds, and how it is searched: the guide, and what the core says of its language.
import type { Language } from "dolab";
import { guide } from "./guide";
import { meaning } from "./vocabulary";

export interface DocEntry {
  /** A term, or a name as it is written: "dist.Normal". */
  title: string;
  /** What its call takes; null of what is not called. */
  signature: string | null;
  text: string;
}

export interface DocSection {
  id: string;
  title: string;
  /** In a line, before its entries. */
  about: string;
  /** Names of the language: set as code. */
  code: boolean;
  entries: DocEntry[];
}

/** Of the modules of the language, those that models are made of, by what people look for. */
const modules: { path: string; title: string; about: string }[] = [
  { path: "numpyro", title: "Statements", about: "What a model says: import numpyro" },
  { path: "numpyro.distributions", title: "Distributions", about: "import numpyro.distributions as dist" },
  { path: "jax.numpy", title: "Arrays", about: "import jax.numpy as jnp; numpy has the same names" },
  { path: "jax.numpy.linalg", title: "Linear algebra", about: "Within jnp" },
  { path: "jax.nn", title: "Activations", about: "import jax" },
  { path: "jax.scipy.special", title: "Special functions", about: "from jax.scipy import special" },
  { path: "numpyro.handlers", title: "Handlers", about: "Change how sites are read: from numpyro import handlers" },
  { path: "numpyro.infer.reparam", title: "Reparametrisations", about: "For handlers.reparam" },
  {
    path: "numpyro.distributions.transforms",
    title: "Transforms",
    about: "For dist.TransformedDistribution: from numpyro.distributions import transforms",
  },
  {
    path: "numpyro.distributions.constraints",
    title: "Constraints",
    about: "For numpyro.param: from numpyro.distributions import constraints",
  },
  { path: "jax.lax", title: "Control flow and more", about: "from jax import lax" },
];

function ofModule(language: Language, { path, title, about }: (typeof modules)[number]): DocSection[] {
  const module = language.modules.find((one) => one.path === path);
  if (!module) return [];
  // A name may be said to be several things.
  const names = new Map(module.names.map((name) => [name.name, name]));
  const entries = [...names.values()]
    .filter(({ kind, name }) => kind !== "module" && !name.startsWith("_"))
    .map((name) => meaning(module, name))
    .map(({ full, signature, note }) => ({ title: full, signature, text: note ?? "" }));
  // What has a note is what models are mostly made of.
  entries.sort((a, b) => Number(b.text !== "") - Number(a.text !== ""));
  return [{ id: path, title, about, code: true, entries }];
}

export function docsOf(language: Language): DocSection[] {
  const builtins = language.builtins.map((title) => ({ title, signature: null, text: "" }));
  return [
    ...guide,
    ...modules.flatMap((module) => ofModule(language, module)),
    ...(builtins.length > 0
      ? [{ id: "builtins", title: "Python itself", about: "Names that need no import", code: true, entries: builtins }]
      : []),
  ];
}

/** The entries that hold every word; those that hold one in their title come first. Sections without any are left out. */
export function searchDocs(sections: DocSection[], query: string): DocSection[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return sections;
  const titled = ({ title }: DocEntry) => words.some((word) => title.toLowerCase().includes(word));
  const holds = (section: DocSection) => (entry: DocEntry) => {
    const all = `${section.title} ${entry.title} ${entry.signature ?? ""} ${entry.text}`.toLowerCase();
    return words.every((word) => all.includes(word));
  };
  return sections
    .map((section) => {
      const found = section.entries.filter(holds(section));
      return { ...section, entries: [...found.filter(titled), ...found.filter((entry) => !titled(entry))] };
    })
    .filter(({ entries }) => entries.length > 0);
}
