"""Helpers with *args and **kwargs, partial, reduce, combinations, walrus, nested unpacking."""

from __future__ import annotations

import functools
import itertools
import operator
from collections import OrderedDict, namedtuple
from functools import partial, reduce
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple, Union

import jax
import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist

Array = Any
_SCALE: float = 2.5
_LINKS: Dict[str, Callable] = {"identity": lambda v: v, "scaled": lambda v, k=_SCALE: v * k, "tanh": jnp.tanh}


def apply_all(fs: Sequence[Callable], value: Array) -> Array:
    return reduce(lambda acc, f: f(acc), fs, value)


def linear(x, *coefs, intercept=0.0, **options):
    scale = options.pop("scale", 1.0)
    assert not options, f"unknown options {sorted(options)}"
    total = intercept
    for i, c in enumerate(coefs):
        total = total + scale * c * x[:, i]
    return total


def model(x: Array, y: Optional[Array] = None, names: Union[List[str], None] = None, *, link: str = "scaled") -> Array:
    """Doc."""
    n, k = x.shape
    names = names if names is not None else [f"x{i}" for i in range(k)]
    priors = OrderedDict((nm, dist.Normal(0.0, 1.0 / (i + 1))) for i, nm in enumerate(names))
    coefs = {nm: numpyro.sample(f"beta_{nm}", d) for nm, d in priors.items()}
    pairs = list(itertools.combinations(range(k), 2))
    inter = {f"{a}:{b}": numpyro.sample(f"int[{a},{b}]", dist.Normal(0, 0.3)) for a, b in pairs}
    mu = linear(x, *coefs.values(), intercept=numpyro.sample("alpha", dist.Normal()), scale=1.5)
    for (a, b), v in zip(pairs, inter.values()):
        mu += v * x[:, a] * x[:, b]
    f = partial(_LINKS[link], k=0.5) if link == "scaled" else _LINKS[link]
    mu = apply_all([f, jnp.tanh, lambda v: v + 1], mu)
    if (m := len(pairs)) > 2 and not any(nm.startswith("z") for nm in names):
        mu = mu / m
    sd, *_ = [numpyro.sample("sd", dist.HalfNormal(1)), 1, 2]
    (a, (b, c)), d = (1, (2, 3)), {"k": [4, 5]}
    d["k"][-1] += a * b**c // 3 % 5
    mu = mu + 0.01 * d["k"][-1] + (0.1 if n > 5 else -0.1)
    with numpyro.plate("obs", n):
        return numpyro.sample("y", dist.Normal(mu, sd), obs=y)
