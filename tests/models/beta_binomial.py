"""Rat tumours: overdispersed proportions by the compound distribution, and the same by a latent rate."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def model(deaths, at_risk, compound=True):
    phi = numpyro.sample("phi", dist.Uniform(low=0.0, high=1.0))
    log_kappa = numpyro.sample("log_kappa", dist.Normal(3.0, 1.0))
    kappa = jnp.exp(log_kappa)
    a, b = phi * kappa, (1 - phi) * kappa
    with numpyro.plate("groups", size=at_risk.shape[0]):
        if compound:
            numpyro.sample("deaths", dist.BetaBinomial(a, b, total_count=at_risk), obs=deaths)
        else:
            theta = numpyro.sample("theta", dist.Beta(a, b))
            numpyro.sample("deaths", dist.Binomial(total_count=at_risk, probs=theta), obs=deaths)
