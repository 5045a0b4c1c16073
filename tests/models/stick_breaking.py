"""Truncated Dirichlet process mixture of Poissons, sticks broken by hand."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def mix_weights(beta):
    remaining = jnp.cumprod(1 - beta, axis=-1)
    return jnp.pad(beta, (0, 1), constant_values=1.0) * jnp.pad(remaining, (1, 0), constant_values=1.0)


def model(data, T=5):
    alpha = numpyro.sample("alpha", dist.Gamma(2.0, 2.0))
    with numpyro.plate("sticks", T - 1):
        beta = numpyro.sample("beta", dist.Beta(1, alpha))
    with numpyro.plate("atoms", T):
        rate = numpyro.sample("rate", dist.Gamma(2.0, 0.3))
    weights = numpyro.deterministic("weights", mix_weights(beta))
    with numpyro.plate("data", data.shape[0]):
        numpyro.sample("obs", dist.MixtureSameFamily(dist.Categorical(weights), dist.Poisson(rate)), obs=data)
