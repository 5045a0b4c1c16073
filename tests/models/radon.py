"""Radon style hierarchy: county intercepts explained by uranium, non-centred, two floors."""
import numpy as np
import jax.numpy as jnp
import numpyro
from numpyro import plate, sample
from numpyro.distributions import HalfCauchy, HalfNormal, Normal


def model(county, floor, uranium, log_radon=None):
    n_counties = len(np.unique(county))
    first_row = np.array([np.nonzero(county == c)[0][0] for c in range(n_counties)])
    u = uranium[first_row]
    mu_a = sample("mu_a", Normal(0.0, 2.0))
    gamma = sample("gamma", Normal(0.0, 1.0))
    sigma_a = sample("sigma_a", HalfNormal(scale=1.0))
    with plate("county", n_counties):
        z_a = sample("z_a", Normal())
        z_b = sample("z_b", Normal())
    a = numpyro.deterministic("a", mu_a + gamma * u + sigma_a * z_a)
    b = sample("mu_b", Normal(0.0, 2.0)) + sample("sigma_b", HalfNormal(0.5)) * z_b
    eps = sample("eps", HalfCauchy(1.0))
    est = a[county] + b[county] * floor
    with plate("obs", county.shape[0]) as i:
        y = None if log_radon is None else log_radon[i]
        sample("log_radon", Normal(est[i], eps), obs=y)
