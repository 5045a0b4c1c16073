"""Treatment, mediator and outcome, all observed while fitting; natural effects as deterministics."""
import jax.numpy as jnp
import numpyro.distributions as dist
from jax import nn
from numpyro import deterministic, plate, sample


def mediator_mean(t, x, coef):
    return coef["m0"] + coef["mt"] * t + coef["mx"] * x


def outcome_logit(t, m, x, coef):
    return coef["y0"] + coef["yt"] * t + coef["ym"] * m + coef["yx"] * x


def model(T, X, M=None, y=None):
    coef = {k: sample(k, dist.Normal(0.0, 1.0)) for k in ("m0", "mt", "mx", "y0", "yt", "ym", "yx")}
    sd_m = sample("sd_m", dist.HalfNormal(1.0))
    with plate("data", X.shape[0]):
        t = sample("t", dist.Bernoulli(probs=0.5), obs=T)
        m = sample("m", dist.Normal(mediator_mean(t, X, coef), sd_m), obs=M)
        sample("y", dist.Bernoulli(logits=outcome_logit(t, m, X, coef)), obs=y)
    m0, m1 = (mediator_mean(v, X, coef) for v in (0, 1))
    deterministic("nde", (nn.sigmoid(outcome_logit(1, m0, X, coef)) - nn.sigmoid(outcome_logit(0, m0, X, coef))).mean())
    deterministic("nie", jnp.mean(nn.sigmoid(outcome_logit(1, m1, X, coef)) - nn.sigmoid(outcome_logit(1, m0, X, coef))))
