"""Varying intercepts and slopes with a correlation matrix (cafes and afternoons)."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def model(cafe, afternoon, wait=None, n_cafes=10):
    a = numpyro.sample("a", dist.Normal(5.0, 2.0))
    b = numpyro.sample("b", dist.Normal(-1.0, 0.5))
    sigma_cafe = numpyro.sample("sigma_cafe", dist.Exponential(1.0).expand([2]).to_event(1))
    L_Rho = numpyro.sample("L_Rho", dist.LKJCholesky(2, concentration=2.0))
    L = sigma_cafe[..., None] * L_Rho
    Rho = numpyro.deterministic("Rho", L_Rho @ L_Rho.T)

    with numpyro.plate("cafes", n_cafes):
        ab = numpyro.sample("ab", dist.MultivariateNormal(jnp.stack([a, b]), scale_tril=L))

    mu = ab[cafe, 0] + ab[cafe, 1] * afternoon
    sigma = numpyro.sample("sigma", dist.Exponential(1.0))
    numpyro.sample("wait", dist.Normal(mu, sigma), obs=wait)
