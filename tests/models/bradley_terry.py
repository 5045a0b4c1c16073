"""Paired comparisons with home advantage; skills sum to zero."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def model(home, away, home_won, goals):
    teams = int(max(home.max(), away.max())) + 1
    sd = numpyro.sample("sd", dist.HalfNormal(1.0))
    raw = numpyro.sample("raw", dist.Normal(0, 1).expand([teams - 1]))
    skill = numpyro.deterministic("skill", sd * jnp.append(raw, -raw.sum()))
    advantage = numpyro.sample("advantage", dist.Normal(0.2, 0.2))
    diff = skill[home] - skill[away]
    numpyro.sample("home_won", dist.Bernoulli(logits=advantage + diff), obs=home_won)
    base = numpyro.sample("base", dist.Normal(0.0, 0.5))
    rate = jnp.exp(base + jnp.stack([advantage + diff, -diff], axis=1) / 2)
    with numpyro.plate("sides", 2, dim=-1), numpyro.plate("games", home.shape[0], dim=-2):
        numpyro.sample("goals", dist.Poisson(rate), obs=goals)
