"""A generative story wrapped by handlers: condition fixes two sites, block hides a helper, do cuts one edge."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from numpyro.handlers import block, condition, do, seed, substitute, trace


def story(n):
    beta = numpyro.sample("beta", dist.Normal(0.0, 1.0).expand([4]).to_event(1))
    sigma = numpyro.sample("sigma", dist.Exponential(1.0))
    with numpyro.plate("data", n):
        c = numpyro.sample("c", dist.Exponential())
        z = numpyro.sample("z", dist.LogNormal(beta[0] + beta[1] * c, sigma))
        y = numpyro.sample("y", dist.Bernoulli(logits=beta[2] * c + beta[3] * jnp.log1p(z)))
    return y


def number_of_sites(n):
    with block():
        sites = trace(seed(story, 0)).get_trace(n)
    return sum(1 for site in sites.values() if site["type"] == "sample")


def model(C, Z, y=None, dose=None):
    data = {"c": C, "z": Z}
    if y is not None:
        data["y"] = y
    kernel = condition(story, data=data)
    if dose is not None:
        kernel = do(kernel, data={"z": dose * jnp.ones(len(Z))})
    kernel(len(C))
    extra = numpyro.sample("extra", dist.Normal(number_of_sites(3), 1.0))
    fixed = substitute(lambda: numpyro.deterministic("twice", 2.0 * extra), data={})
    fixed()
