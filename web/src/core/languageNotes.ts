// One line on what a model is mostly made of, by the name that messages use. A test looks each one up in the core.
export const notes: Record<string, string> = {
  "numpyro.sample": "Draws the random site `name` from a distribution; with obs= it is observed.",
  "numpyro.deterministic": "Records a value that follows from the others under a name.",
  "numpyro.plate": "Repeats what is inside for `size` independent units, such as the rows of the data.",
  "numpyro.param": "A constant that the fit chooses, such as in a maximum-likelihood model.",
  "numpyro.factor": "Adds a term to the log density.",
};
