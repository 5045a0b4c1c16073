"""Dawid-Skene: true classes summed out by hand, confusion rows under two plates with an event dimension."""
import jax
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def model(annotations, K=3):
    items, annotators = annotations.shape
    prevalence = numpyro.sample("prevalence", dist.Dirichlet(jnp.ones(K)))
    with numpyro.plate("annotator", annotators, dim=-2):
        with numpyro.plate("class", K, dim=-1):
            confusion = numpyro.sample("confusion", dist.Dirichlet(jnp.ones(K) * 1.2))
    log_confusion = jnp.log(confusion)
    j = jnp.arange(annotators)
    votes = log_confusion[j[None, :, None], jnp.arange(K)[None, None, :], annotations[:, :, None]]
    lp = jnp.log(prevalence) + votes.sum(axis=1)
    with numpyro.plate("items", items):
        numpyro.factor("votes", jax.nn.logsumexp(lp, axis=-1))
