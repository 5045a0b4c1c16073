"""Factor analysis with a triangular loading matrix."""

import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def model(Y, K=2):
    N, D = Y.shape
    n_free = D * K - K * (K - 1) // 2
    vals = numpyro.sample("vals", dist.Normal(0, 1).expand([n_free]).to_event(1))
    rows, cols = jnp.tril_indices(D, 0, K)
    L = jnp.zeros((D, K)).at[rows, cols].set(vals)
    i = jnp.arange(K)
    L = L.at[i, i].set(jnp.abs(L[i, i]))
    psi = numpyro.sample("psi", dist.InverseGamma(3.0, 2.0).expand([D]).to_event(1))
    cov = L @ L.T + jnp.diag(psi)
    mu = numpyro.sample("mu", dist.Normal(0, 3).expand([D]).to_event(1))
    with numpyro.plate("N", N):
        numpyro.sample("Y", dist.MultivariateNormal(mu, covariance_matrix=cov), obs=Y)
