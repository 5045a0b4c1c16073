"""Building parameter arrays by .at[].set/add/multiply/divide/min/max and by scatter of groups."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def model(x, group, month, y):
    n = x.shape[0]
    G = int(group.max()) + 1
    free = numpyro.sample("free", dist.Normal(0.0, 1.0).expand([G - 1]).to_event(1))
    effect = jnp.zeros(G).at[1:].set(free)
    season = numpyro.sample("season", dist.Normal(0.0, 0.5).expand([11]).to_event(1))
    season = jnp.concatenate([season, -jnp.sum(season, keepdims=True)])
    b = numpyro.sample("b", dist.Normal(0.0, 1.0).expand([3]).to_event(1))
    B = jnp.zeros((G, 2)).at[0, 0].set(b[0]).at[:, 1].add(b[1]).at[jnp.array([1, 2]), 1].add(b[2])
    total_x = jnp.zeros(G).at[group].add(x * b[0])
    weight = jnp.ones(12).at[jnp.array([3, 4])].multiply(0.5).at[2].divide(2.0).at[0].min(0.3).at[1].max(1.2)
    capped = weight * season.at[11].set(0.0)
    sigma = numpyro.sample("sigma", dist.Gamma(2.0, 2.0))
    mu = effect[group] + capped[month] + B[group, 0] + B[group, 1] * x + total_x[group] / n
    with numpyro.plate("data", n):
        numpyro.sample("y", dist.Normal(mu, sigma), obs=y)
