#!/usr/bin/env python3
"""Eight schools in nutpie (PyMC, numba): compile once, then sample again and again. usage: nutpie_eight_schools.py DATA.json REPEATS"""

import json
import sys
import time

import arviz as az
import numpy as np
import nutpie
import pymc as pm


def main():
    with open(sys.argv[1]) as f:
        data = json.load(f)
    start = time.perf_counter()
    with pm.Model() as model:
        mu = pm.Normal("mu", 0, 5)
        tau = pm.HalfCauchy("tau", 5)
        z = pm.Normal("z", 0, 1, shape=data["J"])
        pm.Normal("obs", mu + tau * z, np.array(data["sigma"]), observed=np.array(data["y"]))
    compiled = nutpie.compile_pymc_model(model)
    compile_seconds = time.perf_counter() - start
    seconds = []
    for seed in range(int(sys.argv[2]) + 1):
        start = time.perf_counter()
        trace = nutpie.sample(compiled, chains=4, cores=2, tune=1000, draws=1000, seed=seed, progress_bar=False)
        seconds.append(time.perf_counter() - start)
    ess = az.ess(trace.posterior)
    sites = {}
    for name in ("mu", "tau", "z"):
        draws = np.asarray(trace.posterior[name])
        flat = draws.reshape(draws.shape[0] * draws.shape[1], -1)
        sites[name] = dict(
            mean=flat.mean(0).tolist(), sd=flat.std(0, ddof=1).tolist(), ess=np.atleast_1d(ess[name]).tolist()
        )
    # the first call still compiles parts of the sampler: not counted
    print(
        json.dumps(
            dict(
                compile=compile_seconds,
                first=seconds[0],
                seconds=sorted(seconds[1:])[len(seconds[1:]) // 2],
                sites=sites,
            )
        )
    )


main()
