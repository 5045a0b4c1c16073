"""Piecewise exponential survival by the Poisson trick; random-walk baseline hazard, group frailty."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def exposure_table(time, event, cuts):
    width = cuts[1:] - cuts[:-1]
    spent = jnp.clip(time[:, None] - cuts[:-1], 0.0, width)
    last = (time[:, None] > cuts[:-1]) & (time[:, None] <= cuts[1:])
    return spent, jnp.where(last, event[:, None], 0)


def model(time, event, x, group, cuts):
    exposure, deaths = exposure_table(time, event, cuts)
    J = cuts.shape[0] - 1
    step_sd = numpyro.sample("step_sd", dist.Exponential(2.0))
    steps = numpyro.sample("steps", dist.Normal(0, 1).expand([J]).to_event(1))
    log_h = jnp.cumsum(step_sd * steps) - 1.0
    theta = numpyro.sample("theta", dist.Gamma(3.0, 1.0))
    with numpyro.plate("frailties", group.max() + 1):
        frailty = numpyro.sample("frailty", dist.Gamma(theta, theta))
    beta = numpyro.sample("beta", dist.Normal(0, 1))
    rate = exposure * jnp.exp(log_h + beta * x[:, None]) * frailty[group][:, None]
    active = exposure > 0
    with numpyro.plate("people", time.shape[0], dim=-2), numpyro.plate("intervals", J, dim=-1):
        numpyro.sample("deaths", dist.Poisson(jnp.where(active, rate, 1.0)).mask(active), obs=deaths)
    survival = jnp.exp(-jnp.cumsum(jnp.exp(log_h) * (cuts[1:] - cuts[:-1])))
    numpyro.deterministic("baseline_survival", survival)
