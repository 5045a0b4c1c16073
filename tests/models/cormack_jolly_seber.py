"""Cormack-Jolly-Seber with the recursion chi written as a Python loop over occasions."""

import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
import numpy as np


def model(H):
    N, T = H.shape
    phi = numpyro.sample("phi", dist.Beta(1.0, 1.0))
    with numpyro.plate("occasions", T - 1):
        p = numpyro.sample("p", dist.Beta(2.0, 2.0))
    chi = [jnp.array(1.0)]
    for t in reversed(range(T - 1)):
        chi.insert(0, (1 - phi) + phi * (1 - p[t]) * chi[0])
    chi = jnp.stack(chi)
    seen = H > 0
    first = jnp.argmax(seen, axis=1)
    last = T - 1 - jnp.argmax(seen[:, ::-1], axis=1)
    ever = seen.any(axis=1)
    t = jnp.arange(1, T)
    alive = (t[None, :] > first[:, None]) & (t[None, :] <= last[:, None])
    ll = jnp.where(alive, jnp.log(phi) + jnp.where(seen[:, 1:], jnp.log(p), jnp.log1p(-p)), 0.0).sum(1)
    ll = ll + jnp.log(chi[last])
    numpyro.factor("cjs", jnp.where(ever, ll, 0.0).sum())
