"""Tobit regression: left- and right-censored cells by the normal cdf, the rest by the density."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def model(x, y, low, high):
    alpha = numpyro.sample("alpha", dist.Normal(0.0, 5.0))
    beta = numpyro.sample("beta", dist.Normal(0.0, 5.0))
    sigma = numpyro.sample("sigma", dist.Exponential(1.0))
    mu = alpha + beta * x

    at_low, at_high = y <= low, y >= high
    inside = ~(at_low | at_high)
    latent = dist.Normal(mu, sigma)
    with numpyro.plate("n", len(x)):
        with numpyro.handlers.mask(mask=inside):
            numpyro.sample("y", latent, obs=y)
        numpyro.factor("left", jnp.where(at_low, jnp.log(latent.cdf(low)), 0.0))
        numpyro.factor("right", jnp.where(at_high, jnp.log1p(-latent.cdf(high)), 0.0))
