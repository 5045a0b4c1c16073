"""TransformedDistribution with one and several transforms, as priors and as likelihoods."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from numpyro.distributions import transforms as T
from numpyro.distributions.transforms import AffineTransform, ExpTransform, SigmoidTransform


def model(share, income, height):
    loc = numpyro.sample("loc", dist.Normal(0.0, 1.0))
    scale = numpyro.sample("scale", dist.TransformedDistribution(dist.Normal(-1.0, 0.5), ExpTransform()))
    bounded = numpyro.sample(
        "bounded",
        dist.TransformedDistribution(
            dist.Logistic(0.0, 1.0).expand([2]), [SigmoidTransform(), AffineTransform(loc=-1.0, scale=4.0)]
        ),
    )
    lowered = numpyro.sample(
        "lowered", dist.TransformedDistribution(dist.Gamma(2.0, 1.0), AffineTransform(loc, -scale, domain=dist.constraints.positive))
    )
    soft = numpyro.sample("soft", dist.TransformedDistribution(dist.Normal(jnp.zeros(3), 2.0).to_event(1), T.SoftplusTransform()))
    logit_normal = dist.TransformedDistribution(dist.Normal(loc, scale), [SigmoidTransform()])
    numpyro.sample("share", logit_normal, obs=share)
    shifted_lognormal = dist.TransformedDistribution(
        dist.Normal(loc + lowered, 0.3 + scale), [ExpTransform(), AffineTransform(0.25, 2.0)]
    )
    numpyro.sample("income", shifted_lognormal, obs=income)
    with numpyro.plate("people", height.shape[0]):
        numpyro.sample("height", dist.Normal(bounded.sum() + soft[0] - soft[1] * soft[2], 1.0), obs=height)
