"""Treatment, mediator and outcome under a confounder, the mediator latent or observed."""
import numpyro.distributions as dist
from jax.typing import ArrayLike
from numpyro import plate, sample


def model(X: ArrayLike, C: ArrayLike, Z: ArrayLike | None = None, y: ArrayLike | None = None) -> None:
    c = sample("c", dist.Exponential(), obs=C)
    beta_cz, beta_cy = sample("beta_cz", dist.Normal()), sample("beta_cy", dist.Normal())
    beta_xz, beta_zy = sample("beta_xz", dist.Normal()), sample("beta_zy", dist.Normal())
    beta_z, beta_y = sample("beta_z", dist.Normal()), sample("beta_y", dist.Normal())
    sigma = sample("sigma", dist.Exponential())
    with plate("data", X.shape[0]):
        mu_z = beta_z + beta_cz * c + beta_xz * X.squeeze(axis=1)
        z = sample("z", dist.LogNormal(mu_z, sigma), obs=Z)
        logits = beta_y + beta_cy * c + beta_zy * z
        sample("y", dist.Bernoulli(logits=logits), obs=y)
