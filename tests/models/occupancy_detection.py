"""Site occupancy with imperfect detection, summed out by logsumexp."""

import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from jax.nn import log_sigmoid
from jax.scipy.special import logsumexp


def model(X, V, y):
    sites, visits = y.shape
    beta = numpyro.sample("beta", dist.Normal(0, 1).expand([X.shape[1] + 1]).to_event(1))
    alpha = numpyro.sample("alpha", dist.Normal(0, 1).expand([2]).to_event(1))
    logit_psi = beta[0] + X @ beta[1:]
    logit_p = alpha[0] + alpha[1] * V
    lp_det = dist.Bernoulli(logits=logit_p).log_prob(y).sum(-1)
    detected = jnp.any(y == 1, axis=-1)
    lp_occ = log_sigmoid(logit_psi) + lp_det
    lp_un = jnp.where(detected, -jnp.inf, log_sigmoid(-logit_psi))
    numpyro.factor("lp", logsumexp(jnp.stack([lp_occ, lp_un]), axis=0).sum())
