"""Parameters travel in a NamedTuple, settings in a dataclass."""

from dataclasses import dataclass
from typing import NamedTuple
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


class Params(NamedTuple):
    alpha: float
    beta: jnp.ndarray
    rate: float = 1.0


@dataclass
class Config:
    scale: float = 2.0
    decay: bool = True

    @property
    def prior(self):
        return dist.Normal(0.0, self.scale)


def draw(cfg, k):
    return Params(
        alpha=numpyro.sample("alpha", cfg.prior), beta=numpyro.sample("beta", cfg.prior.expand([k]).to_event(1))
    )


def predict(p: Params, x, t, cfg):
    base = p.alpha + x @ p.beta
    return base * jnp.exp(-p.rate * t) if cfg.decay else base


def model(x, y, t):
    cfg = Config(scale=1.5)
    p = draw(cfg, x.shape[-1])
    p = p._replace(rate=numpyro.sample("rate", dist.Gamma(2.0, 2.0)))
    numpyro.sample("y", dist.Normal(predict(p, x, t, cfg), 1.0), obs=y)
