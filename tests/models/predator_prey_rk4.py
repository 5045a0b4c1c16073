"""Predator and prey, integrated by Runge-Kutta inside scan."""

import jax
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def dz_dt(z, theta):
    u, v = z
    alpha, beta, gamma, delta = theta[0], theta[1], theta[2], theta[3]
    return jnp.stack([(alpha - beta * v) * u, (-gamma + delta * u) * v])


def rk4(z, theta, h):
    k1 = dz_dt(z, theta)
    k2 = dz_dt(z + 0.5 * h * k1, theta)
    k3 = dz_dt(z + 0.5 * h * k2, theta)
    k4 = dz_dt(z + h * k3, theta)
    return z + h / 6.0 * (k1 + 2 * k2 + 2 * k3 + k4)


def model(y=None, dt=0.1, nsub=4):
    z_init = numpyro.sample("z_init", dist.LogNormal(jnp.log(3), 0.5).expand([2]))
    theta = numpyro.sample(
        "theta",
        dist.TruncatedNormal(low=0.0, loc=jnp.array([0.5, 0.1, 0.6, 0.1]), scale=jnp.array([0.2, 0.05, 0.2, 0.05])),
    )

    def interval(z, _):
        for _ in range(nsub):
            z = rk4(z, theta, dt)
        return z, z

    _, zs = jax.lax.scan(interval, z_init, None, length=y.shape[0])
    sigma = numpyro.sample("sigma", dist.LogNormal(-1, 1).expand([2]))
    numpyro.sample("y", dist.LogNormal(jnp.log(zs), sigma), obs=y)
