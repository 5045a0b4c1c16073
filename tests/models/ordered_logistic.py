import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from numpyro.distributions import constraints


def model(X, Y, nb_cat):
    b = numpyro.sample("b", dist.Normal(jnp.zeros(X.shape[1]), 0.5).to_event(1))
    cuts = numpyro.sample(
        "cuts",
        dist.ImproperUniform(constraints.ordered_vector, (), event_shape=(nb_cat - 1,)),
    )
    numpyro.factor("cuts_prior", dist.Normal(0.0, 2.0).log_prob(cuts).sum())
    with numpyro.plate("obs", X.shape[0]):
        eta = jnp.einsum("nd,d->n", X, b)
        numpyro.sample("Y", dist.OrderedLogistic(eta, cuts), obs=Y)
