"""Overdispersed compositions: the Dirichlet-multinomial mass function written out with gammaln."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from jax.scipy.special import gammaln


def log_mass(counts, alpha):
    n = counts.sum(-1)
    a0 = alpha.sum(axis=-1)
    const = gammaln(n + 1.0) - jnp.sum(gammaln(counts + 1.0), axis=-1)
    return const + gammaln(a0) - gammaln(n + a0) + jnp.sum(gammaln(counts + alpha) - gammaln(alpha), axis=-1)


def model(counts, arm):
    n_arms, K = int(arm.max()) + 1, counts.shape[-1]
    with numpyro.plate("arms", n_arms):
        p = numpyro.sample("p", dist.Dirichlet(jnp.full((K,), 1.5)))
    precision = numpyro.sample("precision", dist.LogNormal(3.0, 1.0))
    with numpyro.plate("samples", counts.shape[0]):
        numpyro.factor("counts", log_mass(counts, precision * p[arm]))
