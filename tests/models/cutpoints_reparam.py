"""Ordinal regression whose induced Dirichlet cutpoints are reparameterised."""

import numpyro
import numpyro.distributions as dist
import jax.numpy as jnp
from jax.numpy import concatenate, cumsum
from numpyro.distributions import transforms as T


def model(x, y):
    nclass = 5
    concentration = jnp.ones((nclass,)) * 10.0
    anchor_point = 0.0
    with numpyro.handlers.reparam(config={"c_y": numpyro.infer.reparam.TransformReparam()}):
        c_y = numpyro.sample(
            "c_y",
            dist.TransformedDistribution(dist.Dirichlet(concentration), T.SimplexToOrderedTransform(anchor_point)),
        )
    b = numpyro.sample("b_X_eta", dist.Normal(0, 1), sample_shape=(x.shape[-1],))
    eta = (x * b).sum(-1)
    numpyro.sample("Y", dist.OrderedLogistic(eta, c_y), obs=y)
