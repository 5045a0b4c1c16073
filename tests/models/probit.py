"""Probit regression with ndtr, and its two log tails through log_ndtr."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from jax.scipy.special import log_ndtr, ndtr


def model(X, successes, trials, single):
    beta = numpyro.sample("beta", dist.MultivariateNormal(jnp.zeros(3), covariance_matrix=2.0 * jnp.eye(3)))
    eta = beta[0] + X @ beta[1:]
    p = ndtr(eta)
    numpyro.deterministic("marginal_effect", jnp.mean(jnp.exp(-0.5 * eta**2) / jnp.sqrt(2 * jnp.pi)) * beta[1:])
    numpyro.sample("successes", dist.Binomial(trials, probs=p).to_event(1), obs=successes)
    sign = 2 * single - 1
    numpyro.factor("single", log_ndtr(sign * eta))
