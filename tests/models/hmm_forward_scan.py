"""Hidden Markov model with Gaussian emissions: forward algorithm by scan, missing steps skipped."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from jax import lax
from jax.scipy.special import logsumexp
from numpyro.distributions.transforms import OrderedTransform


def forward_one_step(prev_log_prob, emission, log_transition):
    log_prob_tmp = prev_log_prob[:, None] + log_transition
    return logsumexp(log_prob_tmp, axis=0) + emission


def model(y, seen, K=3):
    with numpyro.plate("states", K):
        transition = numpyro.sample("transition", dist.Dirichlet(jnp.ones(K) + jnp.array([2.0, 1.0, 0.5])))
    initial = numpyro.sample("initial", dist.Dirichlet(jnp.ones(K)))
    base = dist.Normal(0.0, 1.5).expand([K]).to_event(1)
    mu = numpyro.sample("mu", dist.TransformedDistribution(base, OrderedTransform()))
    sigma = numpyro.sample("sigma", dist.HalfNormal(1.0))
    emission = jnp.where(seen[:, None] == 1, dist.Normal(mu, sigma).log_prob(y[:, None]), 0.0)

    def scan_fn(log_prob, inp):
        return forward_one_step(log_prob, inp, jnp.log(transition)), None

    log_prob, _ = lax.scan(scan_fn, jnp.log(initial) + emission[0], emission[1:])
    numpyro.factor("forward_log_prob", logsumexp(log_prob, axis=0))
