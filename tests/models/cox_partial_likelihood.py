"""Cox regression: partial likelihood with sorted times, risk sets by cumulative sums, strata in a loop."""
import numpy as np
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def partial_log_likelihood(eta, event):
    top = eta.max()
    at_risk = jnp.log(jnp.cumsum(jnp.exp(eta - top)[::-1])[::-1]) + top
    return jnp.sum(jnp.where(event, eta - at_risk, 0.0))


def model(time, event, X, stratum):
    sd = numpyro.sample("sd", dist.HalfNormal(1.0))
    beta = numpyro.sample("beta", dist.Laplace(0.0, sd).expand([X.shape[1]]).to_event(1))
    for s in np.unique(stratum):
        rows = np.nonzero(stratum == s)[0]
        rows = rows[np.argsort(time[rows])]
        numpyro.factor(f"stratum_{int(s)}", partial_log_likelihood(X[rows] @ beta, event[rows] == 1))
    numpyro.deterministic("hazard_ratio", jnp.exp(beta))
