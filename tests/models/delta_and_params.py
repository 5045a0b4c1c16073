"""Observed Delta sites, params with constraints held at their initial value, and nested helper models that return values."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from numpyro.distributions import constraints


def scale_prior(name, base=1.0):
    floor = numpyro.param(f"{name}_floor", 0.1, constraint=constraints.positive)
    def shifted(extra=0.0, *, times=1.0):
        return floor + times * numpyro.sample(name, dist.HalfNormal(base)) + extra
    return shifted


def model(x, y, z):
    weights = numpyro.param("weights", jnp.array([0.2, 0.3, 0.5]), constraint=constraints.simplex)
    offset = numpyro.param("offset", lambda key: jnp.zeros(()))
    a = numpyro.sample("a", dist.Normal(offset, 1.0))
    b = numpyro.sample("b", dist.Normal(0.0, weights).to_event(1))
    s = scale_prior("s")(times=2.0)
    r = scale_prior("r", base=0.5)(0.05)
    numpyro.sample("known", dist.Delta(a * 2.0, log_density=-0.5 * a**2), obs=a * 2.0)
    mu = a + x @ b
    numpyro.sample("y", dist.Normal(mu, s), obs=y)
    resid = z - 0.5 * mu
    numpyro.sample("z_resid", dist.Logistic(0.0, r).expand(resid.shape).to_event(1), obs=resid)
