/// Effects and summary of an experiment, in Node and in a page alike.
export async function throughPackage(engine, experiment, files) {
  const { effects, fit } = await engine.run(experiment, { files });
  const { sites } = await fit.summary();
  fit.dispose();
  return { effects, sites };
}
