"""Baseball averages: partial pooling of binomial rates, logits and rates side by side."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def model(at_bats, hits=None, season=None):
    num_players = at_bats.shape[0]
    m = numpyro.sample("m", dist.Uniform(0, 1))
    kappa = numpyro.sample("kappa", dist.Gamma(2.0, 0.1))
    shift = numpyro.sample("shift", dist.Logistic(0.0, 0.3))
    players = numpyro.plate("num_players", num_players)
    with players:
        phi = numpyro.sample("phi", dist.Beta(m * kappa, (1 - m) * kappa))
        numpyro.sample("hits", dist.Binomial(at_bats, probs=phi), obs=hits)
    with players:
        logit = jnp.log(phi) - jnp.log1p(-phi)
        numpyro.sample("season", dist.Binomial(at_bats * 2, logits=logit + shift), obs=season)
