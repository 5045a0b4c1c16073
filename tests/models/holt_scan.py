"""Holt smoothing: scan with nested carry, dict outputs and missing periods."""

from collections import namedtuple
from functools import partial
import jax
import jax.numpy as jnp
from jax import lax
import numpyro
import numpyro.distributions as dist


def step(params, carry, inputs):
    (level, slope), n = carry
    y, keep = inputs
    alpha, beta = params
    err = jnp.where(keep, y - level - slope, 0.0)
    new_level = level + slope + alpha * err
    new_slope = slope + beta * err
    return ((new_level, new_slope), n + keep), {"err": err, "fit": level + slope}


def model(y, mask):
    k = y.shape[1]
    with numpyro.plate("series", k):
        alpha = numpyro.sample("alpha", dist.Beta(2, 2))
        beta = numpyro.sample("beta", dist.Beta(2, 5))
        sigma = numpyro.sample("sigma", dist.HalfNormal(1))
        l0 = numpyro.sample("l0", dist.Normal(0, 3))
    carry, out = lax.scan(partial(step, (alpha, beta)), ((l0, jnp.zeros(k)), 0), (y, mask), unroll=2)
    with numpyro.plate("time", y.shape[0], dim=-2), numpyro.plate("s", k, dim=-1), numpyro.handlers.mask(
        mask=mask[:, None]
    ):
        numpyro.sample("y", dist.Normal(out["fit"], sigma), obs=y)
    numpyro.deterministic("last", carry[0][0] + carry[1])
