"""Two regression lines; the label of each point summed out with logsumexp."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from jax.scipy.special import logsumexp


def model(x, y):
    with numpyro.plate("lines", 2):
        intercept = numpyro.sample("intercept", dist.Normal(jnp.array([-1.0, 1.0]), 1.0))
        slope = numpyro.sample("slope", dist.Normal(0.0, 2.0))
        noise = numpyro.sample("noise", dist.HalfNormal(1.0))
    gate = numpyro.sample("gate", dist.Normal(jnp.zeros(2), 1.0).to_event(1))
    share = gate[0] + gate[1] * x
    log_w = jnp.stack([-jnp.log1p(jnp.exp(-share)), -jnp.log1p(jnp.exp(share))], axis=-1)
    parts = log_w + dist.Normal(intercept + slope * x[:, None], noise).log_prob(y[:, None])
    ll = logsumexp(parts, axis=1)
    numpyro.deterministic("posterior_share", jnp.exp(parts - ll[:, None])[:, 0].mean())
    numpyro.factor("likelihood", jnp.sum(ll))
