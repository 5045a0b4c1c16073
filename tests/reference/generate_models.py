#!/usr/bin/env python3
"""Writes NAME.data.json and NAME.expected.json beside every tests/models/NAME.py, by NumPyro in float64.

usage: generate_models.py [NAME ...]      (all when no name is given)
NAME__CASE calls the same model with other arguments.
"""

import importlib.util
import json
import pathlib
import sys
import zlib

import jax
import jax.numpy as jnp
import numpy as np
import numpyro
from jax.scipy.special import gammaln
from numpyro.distributions import biject_to, conjugate
from numpyro.handlers import seed, substitute, trace

import model_data

jax.config.update("jax_enable_x64", True)
MODELS = pathlib.Path(__file__).resolve().parent.parent / "models"
# jax.scipy.special.betaln is only good to 1.4e-6; BetaBinomial and the negative binomials are built on it.
conjugate.betaln = lambda a, b: gammaln(a) + gammaln(b) - gammaln(a + b)
DIGITS = 4  # of the inputs; a short decimal is the same double for every reader


def plain(value):
    """JSON form of a model argument: arrays become lists, ints stay ints, floats are rounded."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, np.ndarray)):
        array = np.asarray(value)
        if array.dtype.kind == "f":
            array = np.round(array, DIGITS)
            if np.isnan(array).any():
                return [None if np.isnan(v) else v for v in array.tolist()]
        return array.tolist()
    return value


def load_model(name):
    spec = importlib.util.spec_from_file_location(name, MODELS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.model


def bound_arguments(raw):
    """Lists become arrays, a null inside a list a missing cell (nan)."""
    return {k: np.array([np.nan if e is None else e for e in v]) if isinstance(v, list) else v for k, v in raw.items()}


def is_latent(site):
    return site["type"] == "sample" and not site["is_observed"]


def unconstrained_draw(site, key, radius):
    """A value of the site from uniform coordinates in unconstrained space."""
    fn = site["fn"]
    bijection = biject_to(fn.support)
    shape = bijection.inverse_shape(tuple(fn.shape(site["kwargs"].get("sample_shape", ()))))
    return bijection(jax.random.uniform(key, shape, minval=-radius, maxval=radius))


def is_improper(fn):
    while hasattr(fn, "base_dist") and not isinstance(fn, numpyro.distributions.TransformedDistribution):
        fn = fn.base_dist
    return isinstance(fn, numpyro.distributions.ImproperUniform)


def draw_point(model, args, key, uniform):
    """Latent values: a prior draw, or uniform coordinates for improper sites (for all sites if `uniform`)."""

    def choose(site):
        if is_latent(site) and (uniform or is_improper(site["fn"])):
            site_key = jax.random.fold_in(key, zlib.crc32(site["name"].encode()))
            return unconstrained_draw(site, site_key, 1.0)
        return None

    sites = trace(substitute(seed(model, key), substitute_fn=choose)).get_trace(**args)
    return {k: s["value"] for k, s in sites.items() if is_latent(s)}, sites


def site_log_densities(model, args, values):
    sites = trace(substitute(seed(model, 0), data=values)).get_trace(**args)
    result = {}
    for name, site in sites.items():
        if site["type"] == "sample":
            log_prob = site["fn"].log_prob(site["value"])
            result[name] = jnp.sum(log_prob if site["scale"] is None else site["scale"] * log_prob)
    return result


def evaluate(model, args, values):
    def total(v):
        return sum(site_log_densities(model, args, v).values())

    sites = site_log_densities(model, args, values)
    gradient = jax.grad(total)(values)
    return sites, total(values), gradient, total


def agrees_with_differences(total, values, gradient):
    """Central differences along one random direction: false where the gradient is wrong or the density mostly rounding."""
    rng = np.random.default_rng(1)
    direction = {k: rng.normal(size=np.shape(v)) * np.asarray(jnp.abs(v) + 1e-2) for k, v in values.items()}
    exact = sum(float(jnp.sum(gradient[k] * direction[k])) for k in values)
    h = 1e-6
    shifted = [float(total({k: v + s * h * direction[k] for k, v in values.items()})) for s in (1, -1)]
    estimate = (shifted[0] - shifted[1]) / (2 * h)
    size = sum(float(jnp.sum(jnp.abs(gradient[k] * direction[k]))) for k in values)
    return abs(estimate - exact) <= 1e-5 * max(1.0, size)


def as_json(value):
    return np.asarray(value).tolist()


def make_point(model, args, name, index):
    """The first admissible point: finite, and not so far out that only rounding would be compared."""
    for attempt in range(60):
        key = jax.random.PRNGKey(1000 * index + attempt)
        values, shapes = draw_point(model, args, key, uniform=index == 2)
        with numpyro.validation_enabled(True):
            valid = site_log_densities(model, args, values)
        with numpyro.validation_enabled(False):
            sites, total, gradient, total_fn = evaluate(model, args, values)
            finite = np.isfinite(float(total)) and all(np.isfinite(g).all() for g in gradient.values())
            if not finite or abs(float(total)) > 1e5 or max(float(jnp.abs(g).max()) for g in gradient.values()) > 1e6:
                continue
            if any(not np.isclose(float(sites[k]), float(valid[k]), rtol=1e-13, atol=1e-13) for k in sites):
                continue
            if not agrees_with_differences(total_fn, values, gradient):
                print(f"{name}: point {index}, attempt {attempt} skipped, differences disagree", file=sys.stderr)
                continue
        return (
            dict(
                values={k: as_json(v) for k, v in values.items()},
                sites={k: float(v) for k, v in sites.items()},
                total=float(total),
                gradient={k: as_json(v) for k, v in gradient.items()},
            ),
            shapes,
        )
    raise SystemExit(f"{name}: no admissible point")


def describe(sites):
    """What `dolab check --json` should say of each random site."""
    return {
        k: dict(
            shape=list(np.shape(s["value"])),
            observed=bool(s["is_observed"]),
            event_dim=int(s["fn"].event_dim),
            plates=[f.name for f in s["cond_indep_stack"]],
        )
        for k, s in sites.items()
        if s["type"] == "sample"
    }


def generate(name):
    raw = plain(model_data.build(name))
    (MODELS / f"{name}.data.json").write_text(json.dumps(raw, separators=(", ", ": ")) + "\n")
    file = name.split("__")[0]
    model, args = load_model(file), bound_arguments(raw)
    points = [make_point(model, args, name, i) for i in range(3)]
    expected = dict(model=file, sites=describe(points[0][1]), points=[p for p, _ in points])
    (MODELS / f"{name}.expected.json").write_text(json.dumps(expected, separators=(",", ":")) + "\n")


def main():
    names = sys.argv[1:] or sorted(model_data.BUILDERS)
    for name in names:
        generate(name)
        jax.clear_caches()
        print(name)


if __name__ == "__main__":
    main()
