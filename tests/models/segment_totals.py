"""Sums by group in three spellings."""

import jax
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def model(idx, w, x, y):
    G = len(y)
    b = numpyro.sample("b", dist.Normal(0, 1))
    mu_i = jnp.exp(b * x) * w
    tot = jax.ops.segment_sum(mu_i, idx, num_segments=G)
    alt = jnp.zeros(G).at[idx].add(mu_i)
    n = jnp.bincount(idx, length=G)
    onehot = jax.nn.one_hot(idx, G)
    third = jnp.einsum("ig,i->g", onehot, mu_i) / jnp.maximum(n, 1)
    numpyro.sample("y", dist.Normal((tot + alt) / jnp.where(n > 0, n, 1) + third, 1.0), obs=y)
