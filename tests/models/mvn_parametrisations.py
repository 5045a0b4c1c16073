"""The three parametrisations of the multivariate normal, batched, with gradients through each matrix."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def equicorrelation(n, rho):
    return (1.0 - rho) * jnp.eye(n) + rho * jnp.ones((n, n))


def ar_precision(n, phi, tau):
    i = jnp.arange(n)
    off = jnp.where(jnp.abs(i[:, None] - i) == 1, -phi, 0.0)
    diagonal = jnp.full((n,), 1.0 + phi**2).at[0].set(1.0).at[-1].set(1.0)
    return tau * (off + jnp.diag(diagonal))


def model(Y):
    N, n = Y.shape
    mu = numpyro.sample("mu", dist.MultivariateNormal(jnp.zeros(n), precision_matrix=0.5 * jnp.eye(n)))
    rho = numpyro.sample("rho", dist.Uniform(0.0, 1.0))
    sd = numpyro.sample("sd", dist.LogNormal(0.0, 0.5).expand([n]).to_event(1))
    phi = numpyro.sample("phi", dist.Uniform(-0.9, 0.9))
    tau = numpyro.sample("tau", dist.Gamma(3.0, 3.0))
    L_corr = numpyro.sample("L_corr", dist.LKJCholesky(n, concentration=1.0))

    cov = sd[:, None] * equicorrelation(n, rho) * sd
    with numpyro.plate("rows", N):
        numpyro.sample("by_covariance", dist.MultivariateNormal(mu, covariance_matrix=cov), obs=Y)
        numpyro.sample("by_precision", dist.MultivariateNormal(mu, precision_matrix=ar_precision(n, phi, tau)), obs=Y)
        shift = mu + jnp.linspace(-0.5, 0.5, N)[:, None]
        numpyro.sample("by_factor", dist.MultivariateNormal(loc=shift, scale_tril=jnp.matmul(jnp.diag(sd), L_corr)), obs=Y)
