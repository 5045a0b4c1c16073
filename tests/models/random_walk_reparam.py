"""Local level with drift, non-centred random walk by cumsum, irregular observations."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from numpyro.handlers import reparam
from numpyro.infer.reparam import TransformReparam
from numpyro.distributions.transforms import AffineTransform


def walk(T, drift, scale):
    with reparam(config={"step": TransformReparam()}):
        step = numpyro.sample(
            "step",
            dist.TransformedDistribution(
                dist.Normal(jnp.zeros(T - 1), 1.0).to_event(1), AffineTransform(drift, scale)
            ),
        )
    return step


def model(T, idx, y):
    level0 = numpyro.sample("level0", dist.Normal(0.0, 2.0))
    drift = numpyro.sample("drift", dist.Normal(0.0, 0.2))
    scale = numpyro.sample("scale", dist.LogNormal(-1.0, 0.5))
    step = walk(T, drift, scale)
    level = level0 + jnp.concatenate((jnp.zeros(1), jnp.cumsum(step)))
    numpyro.deterministic("level", level)
    nu = numpyro.sample("nu", dist.Gamma(2, 0.1))
    s = numpyro.sample("s", dist.HalfNormal(1))
    numpyro.sample("y", dist.StudentT(df=nu, loc=level[idx], scale=s), obs=y)
