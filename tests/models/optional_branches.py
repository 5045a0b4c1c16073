"""One model, several forms: groups, quadratic term and robust noise are optional arguments."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def model(x, y=None, group=None, n_groups=None, degree=1, robust=False, weights=None):
    powers = jnp.stack([x**d for d in range(1, degree + 1)], axis=-1)
    coef = numpyro.sample("coef", dist.Normal(0.0, 1.0 / jnp.arange(1, degree + 1)).to_event(1))
    mu = powers @ coef

    if group is None:
        mu = mu + numpyro.sample("intercept", dist.Normal(0.0, 3.0))
    else:
        n_groups = int(group.max()) + 1 if n_groups is None else n_groups
        loc = numpyro.sample("group_loc", dist.Normal(0.0, 3.0))
        with numpyro.plate("groups", n_groups):
            intercept = numpyro.sample("intercept", dist.Normal(loc, 1.0))
        mu = mu + intercept[group]

    sigma = numpyro.sample("sigma", dist.HalfCauchy(1.0))
    noise = dist.StudentT(4.0, mu, sigma) if robust else dist.Normal(mu, sigma)
    with numpyro.plate("obs", x.shape[0]):
        if weights is not None:
            with numpyro.handlers.scale(scale=weights):
                numpyro.sample("y", noise, obs=y)
        else:
            numpyro.sample("y", noise, obs=y)
