"""Trend with changepoints, Fourier seasonality and holidays, in the manner of additive forecasting models."""
import numpy as np
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def fourier(t, period, order):
    k = 2.0 * np.pi * np.arange(1, order + 1) / period
    angle = t[:, None] * k[None, :]
    return np.concatenate([np.sin(angle), np.cos(angle)], axis=1)


def model(t, y=None, holiday=None, n_changepoints=4, seasonalities={"weekly": (7.0, 2), "monthly": (30.5, 1)}):
    s = np.linspace(0, t.max() * 0.8, n_changepoints + 1)[1:]
    k = numpyro.sample("k", dist.Normal(0, 0.5))
    m = numpyro.sample("m", dist.Normal(0, 2))
    tau = numpyro.sample("tau", dist.Exponential(10.0))
    delta = numpyro.sample("delta", dist.Laplace(0.0, tau).expand([n_changepoints]).to_event(1))
    A = (t[:, None] >= s).astype(float)
    trend = (k + A @ delta) * t / 10.0 + (m + A @ (-s * delta) / 10.0)

    total = trend
    for name, (period, order) in seasonalities.items():
        beta = numpyro.sample(f"beta_{name}", dist.Normal(0, 1).expand([2 * order]).to_event(1))
        total += numpyro.deterministic(name, fourier(t, period, order) @ beta)
    if holiday is not None:
        total += numpyro.sample("lift", dist.Normal(0, 1)) * holiday
    sigma = numpyro.sample("sigma", dist.HalfNormal(0.5))
    with numpyro.plate("time", len(t)):
        numpyro.sample("y", dist.Normal(total, sigma), obs=y)
