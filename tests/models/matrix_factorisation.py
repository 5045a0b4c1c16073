"""Low-rank factor model of a table with missing cells given as a list of triples, plus biases."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def model(row, col, value, n_rows, n_cols, rank=2):
    rows, cols = numpyro.plate("rows", n_rows), numpyro.plate("cols", n_cols)
    ard = numpyro.sample("ard", dist.Gamma(jnp.full(rank, 2.0), 2.0).to_event(1))
    with rows:
        U = numpyro.sample("U", dist.Normal(jnp.zeros(rank), 1.0 / jnp.sqrt(ard)).to_event(1))
        bu = numpyro.sample("bu", dist.Normal(0.0, 0.5))
    with cols:
        V = numpyro.sample("V", dist.Normal(0.0, 1.0).expand([rank]).to_event(1))
        bv = numpyro.sample("bv", dist.Normal(0.0, 0.5))
    sigma = numpyro.sample("sigma", dist.HalfNormal(0.5))
    full = jnp.einsum("ik,jk->ij", U, V) + bu[:, None] + bv[None, :]
    with numpyro.plate("cells", value.size):
        numpyro.sample("value", dist.Normal(full[row, col], sigma), obs=value)
