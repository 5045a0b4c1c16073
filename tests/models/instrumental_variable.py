"""Returns to schooling: instrument, treatment and outcome with correlated errors (MultivariateNormal rows)."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def model(instrument, education, wage):
    aE, aW = numpyro.sample("aE", dist.Normal(0.0, 0.2)), numpyro.sample("aW", dist.Normal(0.0, 0.2))
    bQE = numpyro.sample("bQE", dist.Normal(0.0, 0.5))
    bEW = numpyro.sample("bEW", dist.Normal(0.0, 0.5))
    chol_Rho = numpyro.sample("chol_Rho", dist.LKJCholesky(2, 2.0))
    Sigma = numpyro.sample("Sigma", dist.Exponential(1.0).expand([2]))
    Rho = numpyro.deterministic("Rho", jnp.matmul(chol_Rho, jnp.transpose(chol_Rho)))
    muW = aW + bEW * education
    muE = aE + bQE * instrument
    cov = jnp.outer(Sigma, Sigma) * Rho
    with numpyro.plate("people", education.shape[0]):
        numpyro.sample(
            "W,E",
            dist.MultivariateNormal(jnp.stack([muW, muE], axis=-1), covariance_matrix=cov),
            obs=jnp.stack([wage, education], axis=-1),
        )
