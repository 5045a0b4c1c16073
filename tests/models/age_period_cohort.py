"""Age, period, cohort with second-order random walks as factors on improper vectors."""

import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def rw(name, n, order=2):
    tau = numpyro.sample(f"tau_{name}", dist.Gamma(1.0, 0.5))
    x = numpyro.sample(name, dist.ImproperUniform(dist.constraints.real, (), event_shape=(n,)))
    d = jnp.diff(x, n=order)
    numpyro.factor(f"rw_{name}", 0.5 * (n - order) * jnp.log(tau) - 0.5 * tau * jnp.sum(d**2))
    numpyro.factor(f"zero_{name}", dist.Normal(0.0, 1e-2 * n).log_prob(jnp.sum(x)))
    return x


def model(age, period, cases, pop):
    n_age, n_period = 5, 4
    cohort = n_age - 1 - age + period
    effects = [
        rw(nm, n)[i] for nm, n, i in (("a", n_age, age), ("p", n_period, period), ("c", n_age + n_period - 1, cohort))
    ]
    mu = numpyro.sample("mu", dist.Normal(-3.0, 2.0))
    log_rate = mu + sum(effects)
    with numpyro.plate("cells", cases.size):
        numpyro.sample("cases", dist.Poisson(pop * jnp.exp(log_rate)), obs=cases)
