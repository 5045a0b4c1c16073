"""Integers, flags and floats meet in one rate."""

import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist


def model(x, flag, y=None):
    n = int(x.shape[0])
    xs = (x - x.mean(axis=0, keepdims=True)) / x.std()
    f = flag.astype(jnp.int32)
    a = numpyro.sample("a", dist.Normal(jnp.float32(0.0), np.sqrt(2)))
    b = numpyro.sample("b", dist.Normal(*(0.0, 1.0)).expand((2, 1)).to_event(2))
    rate = jnp.exp(a + b[f, 0] * xs + (1 - flag) * 0.1 - flag / 10 + (x // 2) % 2 * 0.05 + (~flag & (x > 2)) * 0.2)
    rate = (
        jnp.where(jnp.logical_or(x == 0, x >= 4), rate, rate * 1.1) + np.float64(0.01) + jnp.finfo(jnp.float32).tiny * 0
    )
    off = -1 if y is None else y.max() // 100
    with numpyro.plate("n", n):
        numpyro.sample("y", dist.Poisson(rate + off), obs=y)
