"""Titanic style imputation: missing ages are latent, written into the column with at[].set."""
import numpy as np
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def model(age, fare_class, survived=None):
    missing = np.isnan(age)
    gap = np.nonzero(missing)[0]
    filled = jnp.where(missing, 0.0, age)
    with numpyro.plate("classes", 3):
        age_loc = numpyro.sample("age_loc", dist.Normal(0.0, 1.0))
        b_class = numpyro.sample("b_class", dist.Normal(0.0, 1.0))
    age_sd = numpyro.sample("age_sd", dist.HalfNormal(1.0))
    age_impute = numpyro.sample(
        "age_impute", dist.Normal(age_loc[fare_class[gap]], age_sd).mask(False), sample_shape=()
    )
    full = filled.at[gap].set(age_impute)
    with numpyro.plate("people", len(age)):
        numpyro.sample("age", dist.Normal(age_loc[fare_class], age_sd), obs=full)
        b_age = 0.5
        logits = b_class[fare_class] + b_age * full
        numpyro.sample("survived", dist.Bernoulli(logits=logits), obs=survived)
