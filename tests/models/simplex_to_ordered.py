"""Ordinal regression with induced Dirichlet cutpoints and monotone effects of an ordered predictor."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from numpyro.distributions.transforms import SimplexToOrderedTransform


def monotone(increments, level):
    steps = jnp.concatenate([jnp.zeros(1), jnp.cumsum(increments)])
    return steps[level]


def model(x, education, rating, n_levels, anchor=0.0):
    concentration = jnp.ones((n_levels,)) * 5.0
    c = numpyro.sample(
        "c", dist.TransformedDistribution(dist.Dirichlet(concentration), SimplexToOrderedTransform(anchor))
    )
    delta = numpyro.sample("delta", dist.Dirichlet(jnp.repeat(2.0, int(education.max()))))
    bE, bx = (numpyro.sample(f"b{k}", dist.Normal(0, 1)) for k in "Ex")
    phi = bE * monotone(delta, education) + bx * x
    with numpyro.plate("answers", x.shape[0]):
        numpyro.sample("rating", dist.OrderedLogistic(predictor=phi, cutpoints=c), obs=rating)
