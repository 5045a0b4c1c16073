"""Reparameterisations side by side: partly centred, learned centring, Student t, LogNormal and affine bases."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from numpyro.handlers import reparam
from numpyro.infer.reparam import LocScaleReparam, TransformReparam

half = LocScaleReparam(centered=0.5)
config = {"a": half, "t": LocScaleReparam(0.2, shape_params=["df"]), "learned": LocScaleReparam(), "k": TransformReparam()}


def priors(n):
    mu = numpyro.sample("mu", dist.Normal(0.0, 1.0))
    tau = numpyro.sample("tau", dist.HalfNormal(1.0))
    with numpyro.plate("groups", n):
        a = numpyro.sample("a", dist.Normal(mu, tau))
        t = numpyro.sample("t", dist.StudentT(5.0, mu, 1.0))
        learned = numpyro.sample("learned", dist.Laplace(0.5 * mu, tau))
        k = numpyro.sample("k", dist.LogNormal(mu, 0.5))
    return a + t + learned + jnp.log(k)


def model(g, y):
    theta = reparam(priors, config=config)(len(set(g.tolist())))
    with reparam(config=dict(shift=TransformReparam())):
        shift = numpyro.sample(
            "shift",
            dist.TransformedDistribution(
                dist.Normal(0.0, 1.0).expand([2]).to_event(1),
                [dist.transforms.AffineTransform(1.0, 2.0), dist.transforms.ExpTransform()],
            ),
        )
    s = numpyro.sample("s", dist.HalfCauchy(1.0))
    numpyro.sample("y", dist.Normal(theta[g] + shift[0] - shift[1], s), obs=y)
