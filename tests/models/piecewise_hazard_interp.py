"""Piecewise hazard, interpolation, select, fori_loop and cond."""

import jax
from jax import lax
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def model(t, y):
    edges = jnp.array([2.0, 5.0, 7.0])
    k = jnp.digitize(t, edges)
    with numpyro.plate("seg", edges.size + 1):
        lam = numpyro.sample("lam", dist.Gamma(2.0, 2.0))
    widths = jnp.diff(jnp.concatenate([jnp.zeros(1), edges]))
    H = jnp.concatenate([jnp.zeros(1), jnp.cumsum(lam[:-1] * widths)])
    start = jnp.pad(edges, (1, 0))
    cum = H[k] + lam[k] * (t - start[k])
    knots = numpyro.sample("knots", dist.Normal(jnp.zeros(4), 1.0).to_event(1))
    f = jnp.interp(t, jnp.array([0.0, 3.0, 6.0, 9.0]), knots)
    g = jnp.select([t < 2, t < 5], [f, 2.0 * f], default=-f)
    h = lax.fori_loop(0, 3, lambda i, v: v * 0.5 + i * knots[0], knots[1])
    j = jax.lax.cond(t.shape[0] > 3, lambda a: a + 1.0, lambda a: a - 1.0, h)
    numpyro.sample("y", dist.Normal(jnp.log(cum + 0.1) + g + j, 1.0), obs=y)
