"""Ordinal probit by differences of a padded distribution function."""

import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from jax.scipy.special import ndtr


def model(x, y, K=4):
    beta = numpyro.sample("beta", dist.Normal(0, 1))
    raw = numpyro.sample("c0", dist.Normal(-1, 1))
    gaps = numpyro.sample("gaps", dist.Exponential(1.0).expand([K - 2]).to_event(1))
    cuts = numpyro.deterministic("cuts", raw + jnp.concatenate([jnp.zeros(1), jnp.cumsum(gaps)]))
    cdf = ndtr(cuts[None, :] - beta * x[:, None])
    cdf = jnp.pad(cdf, ((0, 0), (1, 1)), constant_values=(0.0, 1.0))
    probs = jnp.clip(jnp.diff(cdf, axis=-1), 1e-12, 1.0)
    with numpyro.plate("n", x.shape[0]):
        numpyro.sample("y", dist.Categorical(probs=probs / probs.sum(-1, keepdims=True)), obs=y)
