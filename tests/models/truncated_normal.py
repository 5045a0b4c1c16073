"""Truncated populations and truncated priors: lower, upper and both bounds, bounds that depend on latents."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def model(y, detection_limit, ratio):
    mu = numpyro.sample("mu", dist.TruncatedNormal(1.0, 2.0, low=0.0))
    sigma = numpyro.sample("sigma", dist.TruncatedNormal(loc=0.5, scale=0.5, low=0.05, high=3.0))
    ceiling = numpyro.sample("ceiling", dist.TruncatedNormal(loc=-1.0, scale=1.0, high=0.5))
    numpyro.sample("y", dist.TruncatedNormal(mu, sigma, low=detection_limit), obs=y)
    width = numpyro.sample("width", dist.Gamma(3.0, 1.5))
    with numpyro.plate("ratios", ratio.shape[0]):
        numpyro.sample("ratio", dist.TruncatedNormal(mu, sigma, low=ceiling, high=ceiling + width + 2.0), obs=ratio)
