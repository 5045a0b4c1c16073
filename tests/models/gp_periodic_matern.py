"""Latent function with a periodic and a Matern 3/2 part, whitened, Poisson counts."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def periodic(r, amp, length, period=7.0):
    return amp**2 * jnp.exp(-2.0 * jnp.sin(jnp.pi * r / period) ** 2 / length**2)


def matern32(r, amp, length):
    s = jnp.sqrt(3.0) * jnp.abs(r) / length
    return jnp.square(amp) * (1.0 + s) * jnp.exp(-s)


def model(t, counts=None, exposure=None):
    n = len(t)
    r = t[:, jnp.newaxis] - t[jnp.newaxis, :]
    hyper = {}
    for part in ("per", "mat"):
        hyper[part] = (
            numpyro.sample(f"amp_{part}", dist.HalfNormal(0.5)),
            numpyro.sample(f"len_{part}", dist.InverseGamma(5.0, 5.0)),
        )
    K = periodic(r, *hyper["per"]) + matern32(r, *hyper["mat"])
    L = jnp.linalg.cholesky(K + 1e-3 * jnp.eye(n))
    eta = numpyro.sample("eta", dist.Normal(jnp.zeros(n), 1.0).to_event(1))
    f = numpyro.deterministic("f", L @ eta)
    mean = numpyro.sample("mean", dist.Normal(1.0, 1.0))
    log_rate = mean + f
    if exposure is not None:
        log_rate = log_rate + jnp.log(exposure)
    with numpyro.plate("days", n):
        numpyro.sample("counts", dist.Poisson(jnp.exp(log_rate)), obs=counts)
