"""Penalised linear splines: truncated power basis built with a comprehension, smoothness by random effects."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def hinge_basis(x, knots):
    return jnp.stack([jnp.maximum(x - k, 0.0) for k in knots]).T


def model(x, y, num_knots=6):
    knots = jnp.linspace(x.min(), x.max(), num_knots + 2)[1:-1]
    B = hinge_basis(x, knots)
    intercept = numpyro.sample("intercept", dist.ImproperUniform(dist.constraints.real, (), ()))
    slope = numpyro.sample("slope", dist.Normal(0.0, 5.0))
    tau = numpyro.sample("tau", dist.HalfCauchy(1.0))
    w = numpyro.sample("w", dist.Normal(0.0, tau).expand([num_knots]).to_event(1))
    sigma = numpyro.sample("sigma", dist.Exponential(rate=1.0))
    mu = intercept + slope * x + B @ w
    numpyro.deterministic("roughness", jnp.sum(jnp.abs(w[1:] - w[:-1])))
    with numpyro.plate("x", x.shape[0]):
        numpyro.sample("y", dist.Normal(loc=mu, scale=sigma), obs=y)
