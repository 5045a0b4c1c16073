import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from numpyro.distributions.transforms import OrderedTransform


def model(y, K=3):
    w = numpyro.sample("w", dist.Dirichlet(2.0 * jnp.ones(K)))
    loc = numpyro.sample(
        "loc",
        dist.TransformedDistribution(dist.Normal(0.0, 1.0).expand([K]).to_event(1), OrderedTransform()),
    )
    with numpyro.plate("components", K):
        scale = numpyro.sample("scale", dist.InverseGamma(3.0, 2.0))
    with numpyro.plate("data", y.shape[0]):
        numpyro.sample("y", dist.MixtureSameFamily(dist.Categorical(probs=w), dist.Normal(loc, scale)), obs=y)
