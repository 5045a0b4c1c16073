"""Stochastic volatility: log variance as an AR(1) built by lax.scan from standard normal shocks."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from jax import lax


def model(returns):
    mu = numpyro.sample("mu", dist.Normal(-1.0, 1.0))
    phi = 2.0 * numpyro.sample("phi_raw", dist.Beta(20.0, 1.5)) - 1.0
    sigma = numpyro.sample("sigma", dist.InverseGamma(2.5, 0.25))
    shocks = numpyro.sample("shocks", dist.Normal(0.0, 1.0).expand([returns.shape[0]]).to_event(1))

    h0 = mu + sigma / jnp.sqrt(1.0 - phi**2) * shocks[0]

    def step(h, eps):
        h = mu + phi * (h - mu) + sigma * eps
        return h, h

    _, tail = lax.scan(step, h0, shocks[1:])
    h = jnp.concatenate([h0[None], tail])
    nu = numpyro.sample("nu", dist.Exponential(0.1))
    numpyro.deterministic("volatility", jnp.exp(h / 2))
    with numpyro.plate("days", len(returns)):
        numpyro.sample("r", dist.StudentT(nu + 2.0, 0.0, jnp.exp(0.5 * h)), obs=returns)
