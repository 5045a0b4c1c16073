"""Adstock by convolution under vmap."""

import jax
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def geometric_adstock(x, alpha, l_max=4):
    w = jnp.power(alpha, jnp.arange(l_max))
    return jnp.convolve(x, w / w.sum(), mode="full")[: x.shape[0]]


def model(x, y=None):
    alpha = numpyro.sample("alpha", dist.Beta(2, 2).expand([x.shape[1]]).to_event(1))
    beta = numpyro.sample("beta", dist.HalfNormal(1).expand([x.shape[1]]).to_event(1))
    ad = jax.vmap(geometric_adstock, in_axes=(1, 0), out_axes=1)(x, alpha)
    smooth = jnp.convolve(ad[:, 0], jnp.ones(3) / 3, mode="same") + jnp.pad(
        jnp.convolve(ad[:, 1], jnp.array([0.5, 0.5]), "valid"), (0, 1), constant_values=(0.0, 1.0)
    )
    numpyro.sample("y", dist.Normal(ad @ beta + smooth, 1.0), obs=y)
