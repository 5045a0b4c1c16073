"""Local linear trend, states integrated out by a Kalman filter in lax.scan with matrix carries."""
import jax
import jax.numpy as jnp
import numpyro
import numpyro.distributions as dist


def kalman_step(F, H, Q, R):
    def step(carry, y):
        m, P = carry
        m = F @ m
        P = F @ P @ F.T + Q
        S = H @ P @ H + R
        K = P @ H / S
        r = y - H @ m
        ll = -0.5 * (jnp.log(2.0 * jnp.pi * S) + r**2 / S)
        return (m + K * r, P - jnp.outer(K, H @ P)), ll

    return step


def model(y, discount=1.0):
    q = numpyro.sample("q", dist.HalfNormal(jnp.array([0.5, 0.1])).to_event(1))
    r = numpyro.sample("r", dist.HalfNormal(0.5))
    m0 = numpyro.sample("m0", dist.Normal(0.0, 1.0))
    F = jnp.array([[1.0, 1.0], [0.0, discount]])
    H = jnp.array([1.0, 0.0])
    init = (jnp.array([m0, 0.0]), jnp.eye(2))
    (m, _), lls = jax.lax.scan(kalman_step(F, H, jnp.diag(q**2), r**2), init, y)
    numpyro.factor("kalman", lls.sum())
    numpyro.deterministic("next", (F @ m)[0])
