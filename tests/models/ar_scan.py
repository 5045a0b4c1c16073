"""AR(2) with a linear trend; the conditional means come from lax.scan."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from jax import lax


def model(y, horizon=0):
    phi = numpyro.sample("phi", dist.Uniform(-1.0, 1.0).expand([2]))
    const = numpyro.sample("const", dist.Normal(0.0, 1.0))
    slope = numpyro.sample("slope", dist.Normal(0, 0.1))
    sigma = numpyro.sample("sigma", dist.HalfNormal(1.0))

    def transition(carry, inp):
        prev, prev_prev = carry
        t, y_t = inp
        mean = const + slope * t + phi[0] * prev + phi[1] * prev_prev
        return (y_t, prev), mean

    ts = jnp.arange(2, y.shape[0]) / 10.0
    (last, before_last), mu = lax.scan(transition, (y[1], y[0]), (ts, y[2:]))
    numpyro.sample("obs", dist.Normal(mu, sigma).to_event(1), obs=y[2:])
    if horizon > 0:
        numpyro.deterministic("forecast", const + phi[0] * last + phi[1] * before_last)
