"""One small table, one likelihood per column, chosen from a dictionary of constructors."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist

FAMILIES = {
    "normal": lambda m, s: dist.Normal(m, s),
    "laplace": lambda m, s: dist.Laplace(loc=m, scale=s),
    "logistic": lambda m, s: dist.Logistic(m, s),
    "cauchy": lambda m, s: dist.Cauchy(m, s),
    "gumbel": lambda m, s: dist.Gumbel(m, scale=s),
    "student": lambda m, s: dist.StudentT(3.5, m, s),
    "lognormal": lambda m, s: dist.LogNormal(m, s),
    "gamma": lambda m, s: dist.Gamma(1.0 / s**2, jnp.exp(-m) / s**2),
    "inverse_gamma": lambda m, s: dist.InverseGamma(2.0 + s, jnp.exp(m)),
    "weibull": lambda m, s: dist.Weibull(jnp.exp(m), 1.0 / s),
    "exponential": lambda m, s: dist.Exponential(rate=jnp.exp(-m)),
    "half_normal": lambda m, s: dist.HalfNormal(jnp.exp(m)),
    "half_cauchy": lambda m, s: dist.HalfCauchy(scale=jnp.exp(m) * s),
    "beta": lambda m, s: dist.Beta(jnp.exp(m), 1.0 + s),
    "uniform": lambda m, s: dist.Uniform(-5.0 - jnp.exp(m), 9.0 + s),
}


def model(x, real, positive, unit):
    columns = {"beta": unit}
    total = 0.0
    for name, family in FAMILIES.items():
        m = numpyro.sample(f"m_{name}", dist.Normal(0.0, 0.5))
        s = numpyro.sample(f"s_{name}", dist.LogNormal(-0.5, 0.4))
        is_positive = name in {"lognormal", "gamma", "inverse_gamma", "weibull", "exponential", "half_normal", "half_cauchy"}
        y = columns.get(name, positive if is_positive else real)
        numpyro.sample(f"y_{name}", family(m + 0.1 * x, s), obs=y)
        total += m
    numpyro.deterministic("total", total)
