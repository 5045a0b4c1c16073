"""Plates made once and entered again, explicit and automatic dims, event dims under plates, sizes by keyword."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def model(Y):
    R, C, D = Y.shape
    row_plate = numpyro.plate("rows", size=R, dim=-2)
    col_plate = numpyro.plate("cols", size=C, dim=-1)
    mu = numpyro.sample("mu", dist.Normal(0.0, 1.0))
    with row_plate:
        row = numpyro.sample("row", dist.Normal(mu, 1.0))
        row_vec = numpyro.sample("row_vec", dist.Normal(jnp.zeros(D), 0.5).to_event(1))
    with col_plate:
        col = numpyro.sample("col", dist.Normal(0.0, 0.7))
        share = numpyro.sample("share", dist.Dirichlet(jnp.ones(D)))
    with row_plate, col_plate as j:
        cell = numpyro.sample("cell", dist.Laplace(0.0, 0.2))
        loc = (row + col + cell)[..., None] * share + row_vec + 0.01 * j[:, None]
        sd = numpyro.sample("sd", dist.Exponential(3.0))
        numpyro.sample("Y", dist.Normal(loc, sd[..., None] + 0.1).to_event(1), obs=Y)
    with row_plate:
        numpyro.factor("shrink", -0.5 * row**2)
    assert row.shape == (R, 1) and row_vec.shape == (R, 1, D)
    assert col.shape == (C,) and share.shape == (C, D)
    with numpyro.plate("outer", 2):
        with numpyro.plate("inner", 3):
            z = numpyro.sample("z", dist.Gumbel(0.0, 1.0))
    assert z.shape == (3, 2)
