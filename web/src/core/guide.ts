// What the docs panel explains: how to read answers, how to write a model, keys and addresses.
import type { DocSection } from "./docs";

function section(id: string, title: string, about: string, entries: Record<string, string>): DocSection {
  const list = Object.entries(entries).map(([term, text]) => ({ title: term, signature: null, text }));
  return { id, title, about, code: false, entries: list };
}

const effects = {
  "What if: do":
    "Setting a site cuts the arrows into it: whatever usually decides its value no longer does. That differs from looking only at rows that happen to have the value.",
  Effect:
    "How much the outcome changes on average when one scenario takes the place of another. For a yes-or-no outcome it is a change of its probability, in percentage points.",
  "Baseline and scenario":
    "An effect compares two: the baseline is the data as observed unless you choose another. Shift and multiply keep the causes at work; set does not.",
  "HDI: how sure it is":
    "The highest-density interval: the shortest range that holds 94 % of the plausible effects, given the model and the data. If zero lies inside, no effect at all is plausible too.",
  "Probability of direction":
    "The share of the plausible effects on one side of zero. 50 % each is a coin flip; 97 % positive says that the sign is all but settled, not that the effect is large. With yes-or-no outcomes some draws change no row at all: these are exactly zero, and count for neither side.",
  "Same random numbers":
    "Both sides of a comparison are simulated with the same random numbers, so their difference is due to the intervention and not to luck.",
  Identified:
    "The data can answer the question if everything that drives both the changed site and the outcome is observed. Otherwise the answer rests on what the model assumes about what was not observed.",
  "Row by row": "The effect on each row of the table, sorted, with its interval: for whom it is large.",
  "Truth and naive":
    "Only for simulated examples. The truth is the effect that the data were made with; naive is what one gets by ignoring the confounder.",
  Stale:
    "The model, the data or the settings have changed since the run. Run again; what is shown belongs to the earlier one.",
};

const fits = {
  SVI: "Stochastic variational inference: the best fit within a simple family, the guide. Fast; the intervals are approximate. The ELBO says how good the fit is: it rises, then levels off.",
  NUTS: "The No-U-Turn sampler: draws from the posterior itself. Slower; as exact as the number of draws allows.",
  Guide:
    "The family of distributions that SVI fits. AutoNormal ignores how unknowns hang together; AutoMultivariateNormal does not.",
  "Pareto k": "How closely the guide fits, of SVI. Below 0.7 is good; above it do not rely on the intervals.",
  "R-hat": "Compares the chains of NUTS. Above 1.01 they disagree: run longer.",
  ESS: "Effective sample size: how many independent draws these are worth, in the middle (bulk) and in the tails. Below 100 per chain is few.",
  MCSE: "Monte Carlo standard error: how far the mean may be off because draws are finite.",
  Divergences:
    "Places that the sampler could not follow. Raise target accept, or write scale parameters in a non-centred way.",
  Check:
    "Posterior predictive check: the fitted model makes up data. If those look unlike the observed ones, the model misses something.",
  "Seed and reproducibility": "The same seed gives the same numbers. Under Advanced, the same bits on every machine.",
};

const models = {
  "A model is a function":
    "Its arguments are data: each is bound to a column, to several, or to a value under Data. Inside, every numpyro.sample is a site of the graph.",
  "Unknowns and observations":
    'An unknown is numpyro.sample("slope", dist.Normal(0, 1)). With obs=y the same line says what was observed.',
  Plates:
    'Rows are independent of each other: with numpyro.plate("rows", x.shape[0]): goes before what there is once for each row.',
  Outcome: "The site that the question is about. Choose it in the graph with O, or in the question in full.",
  "What works":
    "Python as NumPyro models use it: if, for, functions, jnp arrays. Anything else is marked with what to write instead.",
};

const keys = {
  "Ctrl Enter, ⌘ Enter": "Run, from anywhere.",
  Esc: "Stop the run; before that, it closes what is open.",
  "Arrow keys": "In the graph: walk along the arrows. In tabs: the next one; Home and End: the first and the last.",
  "Enter, I and O": "On a site of the graph: choose it, intervene on it, make it the outcome.",
  "Ctrl Space": "In the editor: names that fit here. Tab takes the chosen one, else it leaves the editor.",
  "Ctrl ] and Ctrl [": "In the editor: indent more, indent less.",
  "Ctrl F": "In the editor: find and replace.",
  "Enter, ↑ and ↓": "In the grid of cells: down and up; in the last row Enter adds one.",
};

const addresses = {
  "?example=confounder": "Opens an example; eight-schools is the other.",
  "?theme=dark": "Light or dark, whatever the system says.",
  "?threads=2": "How many threads compute, 1 to 64.",
  "?engine=single": "The engine without threads.",
  "#p=…": "A shared project: all of it is in the link. Opening it runs nothing.",
};

export const guide: DocSection[] = [
  section("effects", "Reading an effect", "What the answer says, and what it does not", effects),
  section("fits", "Reading a fit", "Whether to trust the numbers", fits),
  section("models", "Writing a model", "In the language of NumPyro", models),
  section("keys", "Keys", "Everything works without a mouse", keys),
  section("addresses", "Addresses", "Put after the address of this page", addresses),
];
