"""Abundance from repeated counts: the latent number is summed out."""

import jax.numpy as jnp
from jax.scipy.special import gammaln, logsumexp
import numpyro
import numpyro.distributions as dist

N_MAX = 15


def binom_logpmf(k, n, p):
    comb = gammaln(n + 1) - gammaln(k + 1) - gammaln(jnp.maximum(n - k, 0) + 1)
    lp = comb + k * jnp.log(p) + (n - k) * jnp.log1p(-p)
    return jnp.where(k <= n, lp, -jnp.inf)


def model(y):
    lam = numpyro.sample("lam", dist.Gamma(4.0, 1.0))
    p = numpyro.sample("p", dist.Beta(3, 2))
    n = jnp.arange(N_MAX + 1)
    prior = dist.Poisson(lam).log_prob(n)
    like = binom_logpmf(y[..., None], n, p).sum(axis=1)
    with numpyro.plate("sites", y.shape[0]):
        numpyro.factor("N", logsumexp(prior + like, axis=-1))
