"""Coal mining disasters: the year of the change is summed out over all positions at once."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from jax.scipy.special import logsumexp


def model(counts, prior_rate=1.0):
    T = counts.shape[0]
    early = numpyro.sample("early", dist.Exponential(prior_rate))
    late = numpyro.sample("late", dist.Exponential(prior_rate))
    lp_early = jnp.cumsum(jnp.append(0.0, dist.Poisson(early).log_prob(counts)))[:-1]
    late_terms = dist.Poisson(late).log_prob(counts)
    lp_late = jnp.cumsum(late_terms[::-1])[::-1]
    lp = -jnp.log(T) + lp_early + lp_late
    numpyro.factor("marginal", logsumexp(lp))
    numpyro.deterministic("expected_switch", jnp.sum(jnp.exp(lp - logsumexp(lp)) * jnp.arange(T)))
