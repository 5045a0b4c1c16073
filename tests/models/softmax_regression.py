"""Multi-class logistic regression with a reference class pinned to zero."""
import jax
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def model(X, label=None, counts=None, trials=None, n_classes=3):
    D = X.shape[1]
    free = n_classes - 1
    W = numpyro.sample("W", dist.Normal(0, 1).expand([D, free]).to_event(2))
    b = numpyro.sample("b", dist.Normal(0, 2).expand([free]).to_event(1))
    scores = jnp.concatenate([X @ W + b, jnp.zeros((X.shape[0], 1))], axis=-1)
    probs = jax.nn.softmax(scores, axis=-1)
    with numpyro.plate("rows", X.shape[0]):
        if label is not None:
            numpyro.sample("label", dist.Categorical(logits=scores), obs=label)
        numpyro.sample("counts", dist.Multinomial(total_count=trials, probs=probs), obs=counts)
