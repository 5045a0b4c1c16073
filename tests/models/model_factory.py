"""The model is what a factory returns: closures over its arguments."""

from typing import Callable
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def make_model(degree: int, prior: Callable[[float], dist.Distribution] = lambda s: dist.Normal(0.0, s)):
    scales = [1.0 / (d + 1) for d in range(degree)]

    def _model(x, y=None):
        coefs = []
        for d, s in enumerate(scales, start=1):
            coefs += [numpyro.sample("c{}".format(d), prior(s))]
        mu = sum(c * x**d for d, c in enumerate(coefs, 1))
        sd = numpyro.sample("sd", dist.HalfNormal(1.0))
        with numpyro.plate("n", len(x)):
            numpyro.sample("y", dist.Normal(mu, sd), obs=y)

    return _model


model = make_model(3)
