"""Counts with exposure; family chosen by a string argument."""
from math import log

import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def model(X, exposure, y=None, family="poisson", base_rate=0.25):
    intercept = numpyro.sample("intercept", dist.Normal(log(base_rate), 1.0))
    coef = numpyro.sample("coef", dist.Laplace(0.0, 0.5).expand([X.shape[-1]]).to_event(1))
    eta = intercept + X @ coef + jnp.log(exposure)
    if family == "poisson":
        likelihood = dist.Poisson(jnp.exp(eta))
    elif family == "negbin":
        inv_disp = numpyro.sample("inv_disp", dist.Gamma(2.0, 0.1))
        likelihood = dist.NegativeBinomial2(mean=jnp.exp(eta), concentration=inv_disp)
    else:
        raise ValueError(f"unknown family {family!r}")
    with numpyro.plate("rows", y.shape[0] if y is not None else len(exposure)):
        return numpyro.sample("y", likelihood, obs=y)
