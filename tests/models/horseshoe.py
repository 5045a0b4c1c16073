import jax.numpy as jnp
import numpyro as npy
from numpyro import distributions as dist


def horseshoe(D_X, name="beta"):
    lambdas = npy.sample(f"{name}_lambda", dist.HalfCauchy(jnp.ones(D_X)).to_event(1))
    tau = npy.sample(f"{name}_tau", dist.HalfCauchy(jnp.ones(1)).to_event(1))
    unscaled = npy.sample(f"{name}_unscaled", dist.Normal(0.0, jnp.ones(D_X)).to_event(1))
    return npy.deterministic(name, tau * lambdas * unscaled)


def model(X, Y):
    D_X = X.shape[1]
    betas = horseshoe(D_X)
    prec_obs = npy.sample("prec_obs", dist.Gamma(3.0, 1.0))
    sigma_obs = 1.0 / jnp.sqrt(prec_obs)
    npy.sample("Y", dist.Normal(jnp.sum(betas * X, axis=-1), sigma_obs), obs=Y)
