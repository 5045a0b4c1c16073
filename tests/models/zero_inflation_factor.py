"""Zero-inflated Poisson written with factor, both parts with predictors."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from jax.nn import log_sigmoid
from jax.scipy.special import gammaln


def poisson_logpmf(k, log_rate):
    return k * log_rate - jnp.exp(log_rate) - gammaln(k + 1.0)


def model(child, persons, count):
    a = numpyro.sample("a", dist.Normal(0.0, 2.0))
    b = numpyro.sample("b", dist.Normal(0.0, 1.0).expand([2]))
    g0, g1 = numpyro.sample("g", dist.Normal(0, 1.5).expand((2,)).to_event(1))
    log_rate = a + b[0] * child + b[1] * persons
    gate = g0 + g1 * persons

    log_zero = jnp.logaddexp(log_sigmoid(gate), log_sigmoid(-gate) - jnp.exp(log_rate))
    log_pos = log_sigmoid(-gate) + poisson_logpmf(count, log_rate)
    numpyro.factor("zip", jnp.where(count == 0, log_zero, log_pos).sum())
