"""Ways to pick from an array: integers, slices, steps, None, ellipsis, masks, index arrays and their mixtures."""
import numpy as np
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def model(g, h, keep, y):
    A = numpyro.sample("A", dist.Normal(0, 1).expand([3, 4, 2]).to_event(3))
    v = numpyro.sample("v", dist.Normal(jnp.zeros(6), 1.0).to_event(1))
    s = numpyro.sample("s", dist.HalfNormal(1.0))
    keep = np.array(keep, dtype=bool)

    parts = [
        A[0, 1, 1],
        A[-1, :, 0].sum(),
        A[..., -1].mean(),
        A[:, 1:3].prod(axis=1).sum(),
        A[::2, ::-1, 1][0, 0],
        A[1, ..., None].squeeze(-1)[2:, 0].sum(),
        v[1:-1:2].sum() - v[:2] @ v[-2:],
        v[None, :3] @ v[3:, jnp.newaxis],
        v[keep].sum(),
        A[[0, 2], [1, 3], 0].sum(),
        A[np.array([0, 1])[:, None], np.array([2, 3]), 1].sum(),
        v[::-1][jnp.argsort(jnp.array([3, 1, 2]))].min(),
    ]
    offset = sum([jnp.reshape(p, ()) * 0.1 for p in parts])
    mu = A[g, h, 0] + A[g][:, 1, 1] + A[1][h, 1] + A[:, h, 1].T[:, 2] + offset
    (first, second), *rest = A[2]
    mu += first * second + len(rest)
    numpyro.sample("y", dist.Normal(mu, s), obs=y)
