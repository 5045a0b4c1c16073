"""Historic data down-weighted by handlers.scale, per-row weights, a subsample plate of full size and a tempered helper."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from numpyro import handlers


def likelihood(name, x, y, theta):
    with numpyro.plate(f"{name}_plate", len(x), subsample_size=None):
        return numpyro.sample(name, dist.Normal(theta[0] + theta[1] * x, theta[2]), obs=y)


def prior():
    a, b = numpyro.sample("a", dist.Normal(0, 2)), numpyro.sample("b", dist.Normal(0, 2))
    return a, b, numpyro.sample("s", dist.HalfNormal(2))


def model(x_old, y_old, x_new, y_new, w, alpha0=0.3):
    with handlers.scale(scale=0.5):
        theta = prior()
    handlers.scale(likelihood, scale=alpha0)("old", x_old, y_old, theta)
    with handlers.scale(scale=2.0), handlers.scale(scale=w):
        likelihood("new", x_new, y_new, theta)
    with handlers.scale(scale=3.0), handlers.mask(mask=x_new > 0):
        numpyro.factor("penalty", -jnp.square(theta[1]) * jnp.abs(x_new))
