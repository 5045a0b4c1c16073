"""Every form of index on latent matrices, mixed with functional updates."""

import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def model(x, g, y):
    B = numpyro.sample("B", dist.Normal(0, 1).expand([3, 4]).to_event(2))
    C = numpyro.sample("C", dist.Normal(0, 1).expand([2, 3, 4]).to_event(3))
    rows = B[g, :]
    last = B[-1, ..., 1:]
    col = B[:, [0, 2, 2]]
    pair = C[1, g, jnp.arange(6) % 4]
    grid = C[:, jnp.array([[0], [2]]), jnp.array([1, 3])]
    sub = C[..., ::-2][:, None, 1:, -1:]
    keep = x[:, x.mean(0) > -10]
    first = jnp.take(B, g, axis=0)[:, 0]
    neg = B[-g - 1, -1]
    mask = jnp.array([True, False, True])
    m = B[mask].sum(axis=0)
    ell = C[0][...][jnp.ix_(jnp.array([0, 2]), jnp.array([1, 2]))]
    mu = (
        (x * rows).sum(-1)
        + last.sum()
        + col[g].sum(1)
        + pair
        + grid.mean()
        + sub.sum()
        + keep[:, 0]
        + first * neg
        + m @ m
        + ell.ravel()[-1]
    )
    mu = mu.at[0].add(B[0, 0]).at[1:3].multiply(0.5).at[-1].set(C[0, 0, 0])
    upd = jnp.zeros((6, 2)).at[:, 0].set(mu).at[g, 1].add(0.1).at[x[:, 0] > 0, 1].set(0.3)
    numpyro.sample("y", dist.Normal(upd[..., 0] + upd[:, 1], 1.0), obs=y)
