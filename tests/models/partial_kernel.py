"""The model is a partial function."""

from functools import partial
import numpyro
import numpyro.distributions as dist


def _base(x, y, scale, robust):
    b = numpyro.sample("b", dist.Normal(0, scale))
    d = dist.StudentT(3, b * x, 1.0) if robust else dist.Normal(b * x, 1.0)
    numpyro.sample("y", d, obs=y)


model = partial(_base, scale=2.0, robust=True)
