"""Three plates, nested and crossed, their indices used."""

import numpyro
import numpyro.distributions as dist
import jax.numpy as jnp


def model(y):
    I, J, K = y.shape
    mu = numpyro.sample("mu", dist.Normal(0, 1))
    with numpyro.plate("i", I, dim=-3) as i:
        a = numpyro.sample("a", dist.Normal(0, 1))
        with numpyro.plate("j", J, dim=-2) as j:
            ab = numpyro.sample("ab", dist.Normal(a, 1))
    with numpyro.plate("k", K):
        c = numpyro.sample("c", dist.Normal(0, 1))
    assert a.shape == (I, 1, 1) and ab.shape == (I, J, 1)
    with (
        numpyro.plate("i", I, dim=-3),
        numpyro.plate("j", J, dim=-2),
        numpyro.plate("k", K, dim=-1),
    ):
        numpyro.sample("y", dist.Normal(mu + ab + c, 1.0), obs=y)
    numpyro.deterministic("idx", i[:, None] * 10 + j)
