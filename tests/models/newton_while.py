"""Equilibrium found by a fixed number of Newton steps in a static while loop; a polynomial by recursion."""
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def horner(coef, x):
    return coef[0] if len(coef) == 1 else coef[0] + x * horner(coef[1:], x)


def solve(a, b, steps=6):
    x, n = jnp.ones_like(a), 0
    while True:
        x = x - (x * jnp.exp(b * x) - a) / (jnp.exp(b * x) * (1.0 + b * x))
        n += 1
        if n >= steps:
            break
    else:
        raise RuntimeError("unreachable")
    return x


def model(dose, response, order=3):
    b = numpyro.sample("b", dist.Gamma(4.0, 4.0))
    coefs = []
    while len(coefs) < order:
        coefs.append(numpyro.sample("c{}".format(len(coefs)), dist.Normal(0.0, 1.0 / (1 + len(coefs)))))
    level = solve(dose, b)
    sd = numpyro.sample("sd", dist.HalfNormal(0.5))
    with numpyro.plate("rows", dose.shape[0]):
        numpyro.sample("response", dist.Normal(horner(coefs, level), sd), obs=response)
