import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from jax.nn import softplus


def standardize(x):
    return (x - np_mean(x)) / jnp.std(x, ddof=1)


def np_mean(x):
    return x.sum() / x.size


def model(x1, x2, y):
    """Heteroscedastic regression with Student noise and learned degrees of freedom."""
    X = jnp.column_stack([jnp.ones_like(x1), standardize(x1), standardize(x2)])
    beta = numpyro.sample("beta", dist.Cauchy(0.0, 2.5).expand((X.shape[1],)).to_event(1))
    gamma = numpyro.sample("gamma", dist.Normal(0.0, 0.5), sample_shape=(2,))
    nu_minus_one = numpyro.sample("nu_minus_one", dist.Exponential(1 / 29.0))
    scale = softplus(gamma[0] + gamma[1] * X[:, 1]) + 1e-3
    numpyro.sample("y", dist.StudentT(nu_minus_one + 1.0, X.dot(beta), scale), obs=y)
