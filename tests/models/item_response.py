"""Two- and three-parameter item response models on a long table."""
import jax.numpy as jnp
import numpyro as pyro
from jax import nn
from numpyro import distributions as dist


def model(person, item, correct=None, guessing=False):
    n_person, n_item = person.max() + 1, item.max() + 1
    with pyro.plate("persons", n_person):
        ability = pyro.sample("ability", dist.Normal(0.0, 1.0))
    mu_b = pyro.sample("mu_b", dist.Normal(0.0, 1.0))
    sd_b = pyro.sample("sd_b", dist.HalfNormal(1.0))
    with pyro.plate("items", n_item):
        difficulty = pyro.sample("difficulty", dist.Normal(mu_b, sd_b))
        discrimination = pyro.sample("discrimination", dist.LogNormal(0.0, 0.3))
        c = pyro.sample("c", dist.Beta(5.0, 17.0)) if guessing else 0.0
    z = discrimination[item] * (ability[person] - difficulty[item])
    p = c[item] + (1.0 - c[item]) * nn.sigmoid(z) if guessing else nn.sigmoid(z)
    with pyro.plate("answers", len(correct)):
        pyro.sample("correct", dist.Bernoulli(probs=p), obs=correct)
