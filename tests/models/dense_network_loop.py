"""Classifier with dense layers made in a loop from a tuple of sizes; activations from a dictionary."""
import jax
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist

ACTIVATIONS = {"relu": jax.nn.relu, "tanh": jnp.tanh, "silu": jax.nn.silu, "elu": jax.nn.elu}


def dense(name, h, n_out, scale=1.0):
    n_in = h.shape[-1]
    w = numpyro.sample(f"{name}.w", dist.Normal(0, scale / n_in**0.5).expand([n_in, n_out]).to_event(2))
    b = numpyro.sample(f"{name}.b", dist.Normal(0, 0.5).expand([n_out]).to_event(1))
    return h @ w + b


def model(X, y=None, activation="silu", *, hidden=(4, 3)):
    h = X
    act = ACTIVATIONS[activation]
    for layer, width in enumerate(hidden):
        h = act(dense(f"layer{layer}", h, width))
    logits = dense("head", h, 1).squeeze(-1)
    with numpyro.plate("data", X.shape[0]):
        numpyro.sample("y", dist.Bernoulli(logits=logits), obs=y)
