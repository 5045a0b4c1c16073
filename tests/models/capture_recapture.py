"""Cormack-Jolly-Seber survival: individual histories, chi terms by a reversed scan, time effects on two links."""
import numpy as np
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from jax import lax
from jax.nn import sigmoid


def model(history):
    M, T = history.shape
    first = np.argmax(history, axis=1)
    last = T - 1 - np.argmax(history[:, ::-1], axis=1)
    phi = numpyro.sample("phi", dist.Beta(4, 2).expand([T - 1]).to_event(1))
    p_mean = numpyro.sample("p_mean", dist.Logistic(0.0, 1.0))
    p_sd = numpyro.sample("p_sd", dist.HalfNormal(1.0))
    p_dev = numpyro.sample("p_dev", dist.Normal(0.0, p_sd).expand([T - 1]))
    p = sigmoid(p_mean + p_dev)

    def never_seen_again(chi_next, inp):
        phi_t, p_next = inp
        chi = (1.0 - phi_t) + phi_t * (1.0 - p_next) * chi_next
        return chi, chi

    _, chi = lax.scan(never_seen_again, jnp.ones(()), (phi, p), reverse=True)
    chi = jnp.concatenate([chi, jnp.ones(1)])
    t = np.arange(T - 1)
    alive = (t >= first[:, None]) & (t < last[:, None])
    seen = history[:, 1:] == 1
    steps = jnp.log(phi) + jnp.where(seen, jnp.log(p), jnp.log1p(-p))
    numpyro.factor("histories", jnp.where(alive, steps, 0.0).sum(-1) + jnp.log(chi[last]))
