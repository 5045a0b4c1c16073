"""Unbalanced panel: unit and period effects, missing cells masked out."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from numpyro import handlers


def model(y, present):
    n_units, n_periods = y.shape
    sd_unit = numpyro.sample("sd_unit", dist.HalfNormal(1.0))
    sd_time = numpyro.sample("sd_time", dist.HalfNormal(0.5))
    units = numpyro.plate("units", n_units, dim=-2)
    periods = numpyro.plate("periods", n_periods, dim=-1)
    with units:
        alpha = numpyro.sample("alpha", dist.Normal(0.0, sd_unit))
    with periods:
        delta = numpyro.sample("delta", dist.Normal(0.0, sd_time))
    assert alpha.shape == (n_units, 1)
    noise = numpyro.sample("noise", dist.Exponential(2.0))
    with units, periods, handlers.mask(mask=present.astype(bool)):
        numpyro.sample("y", dist.Normal(alpha + delta, noise), obs=jnp.where(present > 0, y, 0.0))
