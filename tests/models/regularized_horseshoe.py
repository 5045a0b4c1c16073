"""Finnish horseshoe prior for a logistic regression."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist

SLAB_SCALE = 2.0
SLAB_DF = 4


def model(X, y=None, *, tau0=0.1):
    N, D = X.shape
    half_df = 0.5 * SLAB_DF
    c2 = numpyro.sample("c2", dist.InverseGamma(half_df, half_df * SLAB_SCALE**2))
    tau = numpyro.sample("tau", dist.HalfCauchy(scale=tau0))
    with numpyro.plate("features", D):
        lam = numpyro.sample("lam", dist.HalfCauchy(1.0))
        z = numpyro.sample("z", dist.Normal(0.0, 1.0))
    lam_tilde = jnp.sqrt(c2) * lam / jnp.sqrt(c2 + tau**2 * lam**2)
    beta = numpyro.deterministic("beta", z * tau * lam_tilde)
    alpha = numpyro.sample("alpha", dist.StudentT(3, 0.0, 2.5))
    with numpyro.plate("N", N):
        numpyro.sample("y", dist.Bernoulli(logits=alpha + X @ beta), obs=y)
