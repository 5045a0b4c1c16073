"""Divorce rates: both the outcome and a predictor are measured with error."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def model(A, M_obs, M_sd, D_obs, D_sd):
    N = A.shape[0]
    a = numpyro.sample("a", dist.Normal(0, 0.2))
    bA = numpyro.sample("bA", dist.Normal(0, 0.5))
    bM = numpyro.sample("bM", dist.Normal(0, 0.5))
    sigma = numpyro.sample("sigma", dist.Exponential(1))
    m_loc, m_scale = [numpyro.sample(k, d) for k, d in [("m_loc", dist.Normal()), ("m_scale", dist.HalfNormal())]]

    with numpyro.plate("states", N):
        M_true = numpyro.sample("M_true", dist.Normal(m_loc, m_scale))
        D_true = numpyro.sample("D_true", dist.Normal(a + bA * A + bM * M_true, sigma))
        numpyro.sample("M_obs", dist.Normal(M_true, M_sd), obs=M_obs)
        numpyro.sample("D_obs", dist.Normal(D_true, D_sd), obs=D_obs)
    numpyro.deterministic("contrast", jnp.exp(bA) - jnp.exp(bM))
