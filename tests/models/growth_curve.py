"""Logistic growth of individuals, three correlated parameters, non-centred with a 3x3 LKJ factor."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist

PARAMETERS = ("log_max", "log_rate", "midpoint")


def model(subject, age, size):
    P = len(PARAMETERS)
    n = subject.max() + 1
    centre = jnp.array([1.0, 0.0, 3.0])
    mu = numpyro.sample("mu", dist.Normal(centre, jnp.array([0.5, 0.5, 1.0])).to_event(1))
    sd = numpyro.sample("sd", dist.HalfNormal(0.3 * jnp.ones(P)).to_event(1))
    L = numpyro.sample("L", dist.LKJCholesky(P, 1.5))
    with numpyro.plate("subjects", n):
        z = numpyro.sample("z", dist.Normal(0, 1).expand([P]).to_event(1))
    scale_tril = jnp.diag(sd) @ L
    theta = mu + jnp.einsum("ij,nj->ni", scale_tril, z)
    by_name = {name: theta[:, k][subject] for k, name in enumerate(PARAMETERS)}
    curve = jnp.exp(by_name["log_max"]) / (1.0 + jnp.exp(-jnp.exp(by_name["log_rate"]) * (age - by_name["midpoint"])))
    sigma = numpyro.sample("sigma", dist.HalfNormal(0.5))
    numpyro.sample("size", dist.Normal(curve, sigma), obs=size)
