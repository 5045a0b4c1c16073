"""Array functions in a regression of convenience: einsum, take_along_axis, sorting, stacking, padding, triangles."""
import jax
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist
from jax import nn
from jax.scipy.special import betaln, digamma, erf, expit, logit, xlogy


def features(M, choice):
    picked = jnp.take_along_axis(M, choice[:, None], axis=1)[:, 0]
    ranks = jnp.sort(M, axis=-1)[:, ::-1]
    window = jnp.roll(M, 1, axis=0) * 0.5 + jnp.flip(M, axis=1)
    wide = jnp.hstack([M, jnp.tile(picked[:, None], (1, 2))])
    tall = jnp.vstack((M[0], M[-1])).swapaxes(0, 1)
    return dict(
        a=picked,
        b=ranks[:, 0] - ranks[:, -1],
        c=jnp.einsum("ij,ij->i", window, M),
        d=jnp.sqrt(jnp.square(wide).sum(axis=1) + 1.0),
        e=jnp.full_like(picked, jnp.trace(tall[:2] @ tall[:2].T)),
        f=jnp.log(jnp.clip(jnp.abs(M).max(axis=1), 0.05, 2.0)),
        g=jnp.var(M, axis=1, ddof=1) + jnp.median(M, axis=1),
        h=jnp.repeat(jnp.linalg.norm(M[:, :2]), M.shape[0]),
        i=jnp.tril(jnp.outer(picked, picked), -1).sum(0) - jnp.triu(jnp.outer(picked, picked), 2).sum(1),
        j=jnp.squeeze(jnp.expand_dims(jnp.ravel(M)[: M.shape[0]], 0)),
        k=jnp.arctan2(M[:, 0], 1.0 + M[:, 1] ** 2) + jnp.hypot(M[:, 1], 1.0),
        l=jnp.logaddexp(M[:, 0], M[:, 1]) - nn.logsumexp(M, axis=1),
        m=nn.one_hot(choice, M.shape[1]) @ M.mean(axis=0),
        n=jnp.cumprod(1.0 + 0.1 * picked) / (1.0 + jnp.cumsum(picked**2)),
        o=erf(picked) + digamma(1.0 + picked**2) + betaln(1.0 + picked**2, 2.0) + xlogy(picked**2, picked**2 + 1.0),
        p=logit(expit(0.3 * picked)) + nn.log_softmax(M)[:, 0] + nn.gelu(picked) + nn.leaky_relu(picked),
    )


def model(x, choice, y):
    N, K = x.shape
    w = numpyro.sample("w", dist.Normal(jnp.ones(K), 0.5).to_event(1))
    M = jnp.sin(x * w) + jnp.expm1(0.1 * x)
    f = features(M, choice)
    names = sorted(f, reverse=True)
    coef = numpyro.sample("coef", dist.Normal(0.0, 1.0 / len(names)).expand([len(names)]).to_event(1))
    mu = jnp.stack([f[k] for k in names], axis=1) @ coef
    mu = mu + jnp.dot(jnp.transpose(jnp.moveaxis(M[None], 0, -1)[..., 0]).mean(0), jnp.eye(N)) * 0.1
    chunks = jnp.split(M, 2, axis=0)
    mu = mu + jnp.tensordot(chunks[0], w, axes=1).sum() * 0.01 + jnp.broadcast_to(jax.lax.rsqrt(1.0 + w[0] ** 2), (N,))
    numpyro.sample("y", dist.Normal(mu, 1.0), obs=y)
