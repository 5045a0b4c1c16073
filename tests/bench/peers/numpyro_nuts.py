#!/usr/bin/env python3
"""NUTS in NumPyro from source text to draws, cold. usage: numpyro_nuts.py MODEL.py DATA.json CHAINS WARMUP DRAWS SEED"""

import time

START = time.perf_counter()
import importlib.util
import json
import sys

import jax
import numpy as np

jax.config.update("jax_enable_x64", True)
from numpyro.diagnostics import effective_sample_size
from numpyro.infer import MCMC, NUTS


def load(path):
    spec = importlib.util.spec_from_file_location("bench_model", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.model


def describe(draws):
    """Mean, sd and effective sample size of every entry, flattened; draws has shape (chain, draw, ...)."""
    flat = np.asarray(draws, dtype=float).reshape(*draws.shape[:2], -1)
    with np.errstate(all="ignore"):
        ess = np.atleast_1d(effective_sample_size(flat))
    return dict(mean=flat.mean((0, 1)).tolist(), sd=flat.std((0, 1), ddof=1).tolist(), ess=np.nan_to_num(ess).tolist())


def main():
    model_path, data_path, *numbers = sys.argv[1:]
    chains, warmup, draws, seed = map(int, numbers)
    with open(data_path) as f:
        data = {k: np.array(v) if isinstance(v, list) else v for k, v in json.load(f).items()}
    mcmc = MCMC(
        NUTS(load(model_path)),
        num_warmup=warmup,
        num_samples=draws,
        num_chains=chains,
        chain_method="vectorized",
        progress_bar=False,
    )
    mcmc.run(jax.random.PRNGKey(seed), **data)
    samples = jax.block_until_ready(mcmc.get_samples(group_by_chain=True))
    seconds = time.perf_counter() - START
    divergences = int(mcmc.get_extra_fields()["diverging"].sum())
    print(
        json.dumps(dict(seconds=seconds, divergences=divergences, sites={k: describe(v) for k, v in samples.items()}))
    )


main()
