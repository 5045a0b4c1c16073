"""B-splines by the Cox-de Boor recursion inside the model file, penalised by a random walk of order two."""

import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def basis(x, knots, degree):
    t = jnp.concatenate([jnp.repeat(knots[0], degree), knots, jnp.repeat(knots[-1], degree)])
    n = t.shape[0] - 1
    B = [jnp.where((x >= t[i]) & (x < t[i + 1]), 1.0, 0.0) for i in range(n)]
    for d in range(1, degree + 1):
        new = []
        for i in range(n - d):
            left = 0.0 if t[i + d] == t[i] else (x - t[i]) / (t[i + d] - t[i]) * B[i]
            right = 0.0 if t[i + d + 1] == t[i + 1] else (t[i + d + 1] - x) / (t[i + d + 1] - t[i + 1]) * B[i + 1]
            new.append(left + right)
        B = new
    return jnp.stack(B, axis=-1)


def model(x, y, knots, degree=3):
    X = basis(x, knots, degree)
    K = X.shape[-1]
    tau = numpyro.sample("tau", dist.HalfNormal(1))
    w0 = numpyro.sample("w0", dist.Normal(0, 1).expand([2]).to_event(1))
    z = numpyro.sample("z", dist.Normal(0, 1).expand([K - 2]).to_event(1))
    w = [w0[0], w0[1]]
    for k in range(2, K):
        w.append(2 * w[-1] - w[-2] + tau * z[k - 2])
    numpyro.sample("y", dist.Normal(X @ jnp.array(w), 0.5), obs=y)
