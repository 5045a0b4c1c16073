"""Roach style counts: crossed random effects, negative binomial with its dispersion per site type."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from numpyro.infer.reparam import LocScaleReparam

GROUPS = dict(building=5, inspector=3)
CONFIG = {f"effect_{name}": LocScaleReparam(0) for name in GROUPS if name != "inspector"}


def effects(name, size):
    sd = numpyro.sample("sd_" + name, dist.HalfNormal(0.5))
    with numpyro.plate(f"{name}s", size):
        return numpyro.sample("effect_" + name, dist.Normal(0.0, sd))


def model(treated, index, exposure, y=None):
    intercept = numpyro.sample("intercept", dist.Normal(2, 1))
    tau = numpyro.sample("tau", dist.Normal(0, 1))
    log_mu = intercept + tau * treated + jnp.log(exposure)
    with numpyro.handlers.reparam(config=CONFIG):
        for column, (name, size) in enumerate(GROUPS.items()):
            log_mu += effects(name, size)[index[:, column]]
    conc = numpyro.sample("conc", dist.Exponential(jnp.array([0.5, 1.0])).to_event(1))
    with numpyro.plate("visits", len(y)):
        numpyro.sample("y", dist.NegativeBinomial2(jnp.exp(log_mu), conc[treated]), obs=y)
