"""z causes y, c causes both, x moves z only."""

import numpyro.distributions as dist
from numpyro import plate, sample


def model(X, C, y=None):
    c = sample("c", dist.Exponential(), obs=C)
    beta_cz = sample("beta_cz", dist.Normal())
    beta_cy = sample("beta_cy", dist.Normal())
    beta_xz = sample("beta_xz", dist.Normal())
    beta_zy = sample("beta_zy", dist.Normal())
    beta_z = sample("beta_z", dist.Normal())
    beta_y = sample("beta_y", dist.Normal())
    sigma = sample("sigma", dist.Exponential())
    with plate("data", X.shape[0]):
        mu_z = beta_z + beta_cz * c + beta_xz * X.squeeze(axis=1)
        z = sample("z", dist.LogNormal(mu_z, sigma))
        sample("y", dist.Bernoulli(logits=beta_y + beta_cy * c + beta_zy * z), obs=y)
