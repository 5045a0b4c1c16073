"""Difference in differences with unit and period effects and an event-study term by period."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def model(unit, period, treated, y, first_treated=3):
    n_units, n_periods = unit.max() + 1, period.max() + 1
    sd = {}
    for level in ["unit", "period"]:
        sd[level] = numpyro.sample(f"sd[{level}]", dist.HalfNormal(1.0))
    unit_effect = numpyro.sample("unit_effect", dist.Normal(0.0, sd["unit"]).expand([n_units]).to_event(1))
    period_effect = numpyro.sample("period_effect", dist.Normal(0.0, sd["period"]).expand([n_periods]).to_event(1))
    post = jnp.arange(n_periods) >= first_treated
    att = numpyro.sample("att", dist.Normal(0.0, 1.0))
    dynamics = numpyro.sample("dynamics", dist.Normal(0.0, 0.25).expand([n_periods]).mask(post))
    lift = jnp.where(post, att + dynamics, 0.0)
    mu = unit_effect[unit] + period_effect[period] + treated * lift[period]
    sigma = numpyro.sample("sigma", dist.HalfNormal(1.0))
    numpyro.sample("y", dist.Normal(mu, sigma), obs=y)
    numpyro.deterministic("average_lift", jnp.sum(lift * post) / post.sum())
