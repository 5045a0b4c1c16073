"""Several outcomes in a loop, with site names made from strings and dictionaries."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist

OUTCOMES = ["math", "reading", "writing"]
PRIOR_SD = {"math": 1.0, "reading": 2.0, "writing": 0.5}


def linear(name, x, sd):
    a = numpyro.sample(f"{name}/intercept", dist.Normal(0.0, 10.0))
    b = numpyro.sample("{}/slope".format(name), dist.Normal(0.0, sd))
    return a + b * x


def model(x, scores):
    effects = []
    for k, name in enumerate(OUTCOMES):
        mu = linear(name, x, sd=PRIOR_SD[name])
        sigma = numpyro.sample(f"{name}/sigma_{k:02d}", dist.HalfNormal(2.0))
        with numpyro.plate("obs_%s" % name, len(x)):
            numpyro.sample(f"{name}/y", dist.Normal(mu, sigma), obs=scores[:, k])
        effects.append(mu.mean())
    numpyro.deterministic("avg", sum(effects) / len(effects))
    numpyro.deterministic("spread", max([i for i in range(len(effects))]) * jnp.std(jnp.array(effects)))
