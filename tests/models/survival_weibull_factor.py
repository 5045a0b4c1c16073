"""Weibull proportional hazards with right censoring through factor."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def log_survival(t, shape, scale):
    return -((t / scale) ** shape)


def log_hazard(t, shape, scale):
    return jnp.log(shape / scale) + (shape - 1.0) * (jnp.log(t) - jnp.log(scale))


def model(time, event, X):
    shape = numpyro.sample("shape", dist.Gamma(4.0, 4.0))
    log_scale = numpyro.sample("log_scale", dist.Normal(1.0, 1.0))
    with numpyro.plate("p", X.shape[1]):
        beta = numpyro.sample("beta", dist.Normal(0.0, 0.7))
    scale = jnp.exp(log_scale - jnp.matmul(X, beta) / shape)
    ll = event * log_hazard(time, shape, scale) + log_survival(time, shape, scale)
    with numpyro.plate("n", time.size):
        numpyro.factor("ll", ll)
