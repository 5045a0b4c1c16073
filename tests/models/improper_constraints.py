"""Flat priors on constrained spaces, turned into proper ones by factor."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from numpyro import sample
from numpyro.distributions import ImproperUniform, constraints


def model(y, k):
    K = 3
    theta = sample("theta", ImproperUniform(constraints.simplex, (), (K,)))
    numpyro.factor("theta_prior", jnp.sum(0.5 * jnp.log(theta)))
    loc = sample("loc", ImproperUniform(constraints.ordered_vector, (), event_shape=(K,)))
    numpyro.factor("loc_prior", dist.Normal(0, 3).log_prob(loc))
    rates = sample("rates", ImproperUniform(constraints.positive_ordered_vector, (), (K,)))
    numpyro.factor("rates_prior", dist.Gamma(2.0, 1.0).log_prob(rates))
    s = sample("s", ImproperUniform(constraints.positive, (), ()))
    numpyro.factor("jeffreys", -jnp.log(s))
    bound = sample("bound", ImproperUniform(constraints.greater_than(2.0), (), ()))
    corner = sample("corner", ImproperUniform(constraints.interval(-1.0, 2.0), (2,), ()))
    flat = sample("flat", ImproperUniform(constraints.real_vector, (), (2,)))
    numpyro.factor("tails", -bound - jnp.sum(corner**2) - 0.5 * jnp.vdot(flat, flat))
    with numpyro.plate("data", len(y)):
        mix = dist.Categorical(probs=theta)
        sample("y", dist.MixtureSameFamily(mix, dist.Normal(loc, s)), obs=y)
    sample("k", dist.Poisson(rates[1] + bound), obs=k)
