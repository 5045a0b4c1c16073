"""Logistic regression; with batch, on a fresh random minibatch at every step."""

import numpyro
import numpyro.distributions as dist


def model(X, y=None, batch=None):
    n, p = X.shape
    a = numpyro.sample("a", dist.Normal(0, 5))
    w = numpyro.sample("w", dist.Normal(0, 1).expand([p]).to_event(1))
    if batch is None:
        with numpyro.plate("rows", n):
            numpyro.sample("y", dist.Bernoulli(logits=a + X @ w), obs=y)
    else:
        with numpyro.plate("rows", n, subsample_size=batch) as i:
            numpyro.sample("y", dist.Bernoulli(logits=a + X[i] @ w), obs=None if y is None else y[i])
