import jax.numpy as jnp
import numpyro.distributions as dist
from jax.typing import ArrayLike
from numpyro import deterministic, plate, sample


def model(X: ArrayLike, y: ArrayLike | None = None) -> None:
    """Bayesian linear regression with standardised columns."""
    n_features = X.shape[1]
    Z = (X - X.mean(axis=0)) / X.std(axis=0)

    w = sample("w", dist.Normal(jnp.zeros(n_features), jnp.ones(n_features)))
    b = sample("b", dist.Normal())
    sigma = sample("sigma", dist.Exponential())

    mu = deterministic("mu", jnp.dot(Z, w) + b)
    with plate("data", X.shape[0]):
        sample("y", dist.Normal(mu, sigma), obs=y)
