"""Mixtures with vector components: diagonal and full covariance, and a mixture per row with its own weights."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def model(Y, x):
    K, D = 2, Y.shape[1]
    w = numpyro.sample("w", dist.Dirichlet(concentration=jnp.array([3.0, 2.0])))
    with numpyro.plate("K", K):
        loc = numpyro.sample("loc", dist.Normal(0, 2).expand([D]).to_event(1))
        L = numpyro.sample("L", dist.LKJCholesky(D, 2.0))
        sd = numpyro.sample("sd", dist.LogNormal(0.0, 0.3).expand([D]).to_event(1))
    tril = sd[..., None] * L
    gate = numpyro.sample("gate", dist.Normal(0, 1).expand([2]).to_event(1))
    logits = jnp.stack([gate[0] + gate[1] * x, jnp.zeros_like(x)], -1)
    with numpyro.plate("N", Y.shape[0]):
        full = dist.MultivariateNormal(loc, scale_tril=tril)
        numpyro.sample("full", dist.MixtureSameFamily(dist.Categorical(probs=w), full), obs=Y)
        rowwise = dist.Normal(loc, sd).to_event(1)
        numpyro.sample("rowwise", dist.MixtureSameFamily(dist.Categorical(logits=logits), rowwise), obs=Y)
