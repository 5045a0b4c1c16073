#!/usr/bin/env python3
"""The confounder network in aimz from process start to the effect. usage: aimz_confounder.py DATA.csv latent|observed STEPS DRAWS"""

import time

START = time.perf_counter()
import json
import sys

import jax.numpy as jnp
import numpy as np
import numpyro.distributions as dist
from aimz import ImpactModel
from jax import random
from numpyro import optim, plate, sample
from numpyro.infer import SVI, Trace_ELBO, init_to_feasible
from numpyro.infer.autoguide import AutoNormal


def model(X, C, Z=None, y=None):
    c = sample("c", dist.Exponential(), obs=C)
    beta_cz = sample("beta_cz", dist.Normal())
    beta_cy = sample("beta_cy", dist.Normal())
    beta_xz = sample("beta_xz", dist.Normal())
    beta_zy = sample("beta_zy", dist.Normal())
    beta_z = sample("beta_z", dist.Normal())
    beta_y = sample("beta_y", dist.Normal())
    sigma = sample("sigma", dist.Exponential())
    with plate("data", X.shape[0]):
        mu_z = beta_z + beta_cz * c + beta_xz * X.squeeze(axis=1)
        z = sample("z", dist.LogNormal(mu_z, sigma), obs=Z)
        sample("y", dist.Bernoulli(logits=beta_y + beta_cy * c + beta_zy * z), obs=y)


def main():
    path, mediator, steps, draws = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    with open(path) as f:
        header = f.readline().strip().split(",")
        table = dict(zip(header, np.loadtxt(f, delimiter=",", unpack=True)))
    X, C, Z = jnp.asarray(table["x"])[:, None], jnp.asarray(table["c"]), jnp.asarray(table["z"])
    y = jnp.asarray(table["y"], dtype=jnp.int32)
    observed = {"Z": Z} if mediator == "observed" else {}
    svi = SVI(
        model,
        guide=AutoNormal(model, init_loc_fn=init_to_feasible()),
        optim=optim.Adam(step_size=1e-3),
        loss=Trace_ELBO(),
    )
    impact = ImpactModel(model, rng_key=random.key(42), inference=svi)
    ready = time.perf_counter()
    impact.fit_on_batch(X, y, C=C, **observed, num_steps=steps, num_samples=draws, progress=False)
    fitted = time.perf_counter()
    factual = impact.predict_on_batch(X, C=C, intervention={"z": Z})
    removed = impact.predict_on_batch(X, C=C, intervention={"z": jnp.zeros_like(Z)})
    effect = impact.estimate_effect(output_baseline=factual, output_intervention=removed)
    contrast = np.asarray(effect.posterior_predictive["y"], dtype=float)
    seconds = time.perf_counter() - START
    print(
        json.dumps(
            dict(
                seconds=seconds,
                load=ready - START,
                fit=fitted - ready,
                mean=float(contrast.mean()),
                sd=float(contrast.mean(-1).std()),
            )
        )
    )


main()
