"""Discrete SIR epidemic: compartments in a dictionary carry, reporting delay weights, negative binomial counts."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from jax.lax import scan


def model(cases, population, i0=5.0):
    T = len(cases)
    r0 = numpyro.sample("r0", dist.LogNormal(0.7, 0.3))
    recovery = numpyro.sample("recovery", dist.Beta(4.0, 12.0))
    report = numpyro.sample("report", dist.Uniform(0.05, 0.95))
    inv_k = numpyro.sample("inv_k", dist.HalfNormal(1.0))
    change = numpyro.sample("change", dist.Normal(0.0, 0.1).expand([T]).to_event(1))
    path = r0 * recovery * jnp.exp(jnp.cumsum(change))

    def day(state, beta):
        new = state["S"] * (1.0 - jnp.exp(-beta * state["I"] / population))
        out = recovery * state["I"]
        return {"S": state["S"] - new, "I": state["I"] + new - out}, new

    final, infections = scan(day, {"S": population - i0, "I": i0}, path)
    expected = report * infections + 0.1
    with numpyro.plate("days", T):
        numpyro.sample("cases", dist.NegativeBinomial2(expected, 1.0 / (inv_k + 0.05)), obs=cases)
    numpyro.deterministic("attack_rate", 1.0 - final["S"] / population)
