import numpyro.distributions as dist
from numpyro import plate, sample


# The naive analysis: y on z alone, as if nothing influenced both
def model(Z, y=None):
    beta_y = sample("beta_y", dist.Normal())
    beta_zy = sample("beta_zy", dist.Normal())
    with plate("data", Z.shape[0]):
        sample("y", dist.Bernoulli(logits=beta_y + beta_zy * Z), obs=y)
