#!/usr/bin/env python3
"""Writes tests/data/distributions.json (arbitrary precision, mpmath) and tests/data/bijections.json (NumPyro, float64).

usage: generate_distributions.py [--compare]      --compare also prints where NumPyro differs from the exact densities
"""

import json
import math
import pathlib
import sys

import numpy as np
from mpmath import mp, mpf

from exact_densities import FAMILIES

DATA = pathlib.Path(__file__).resolve().parent.parent / "data"
INF, NAN = float("inf"), float("nan")
REALS = [-40.0, -6.5, -1.0, -1e-8, 0.0, 0.3, 2.0, 9.0, 700.0]
POSITIVES = [1e-12, 1e-3, 0.2, 1.0, 2.5, 17.0, 400.0, 0.0, -0.5]
UNIT = [0.0, 1e-10, 0.1, 0.5, 0.875, 1.0 - 2.0**-40, 1.0, 1.25, -0.1]
COUNTS = [0, 1, 2, 3, 7, 40, -1, 1.5]
CORRELATION = [
    [[1.0, 0.0], [0.6, 0.8]],
    [[1.0, 0.0], [-0.96, 0.28]],
    [[1.0, 0.0], [0.0, 1.0]],
    [[1.0, 0.0], [0.9999999, math.sqrt(1 - 0.9999999**2)]],
    [[1.0, 0.0], [0.6, 0.9]],
    [[1.0, 0.1], [0.6, 0.8]],
    [[1.0, 0.0], [0.6, -0.8]],
]
CORRELATION3 = [
    [[1.0, 0.0, 0.0], [0.6, 0.8, 0.0], [-0.48, 0.64, 0.6]],
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    [[1.0, 0.0, 0.0], [0.28, 0.96, 0.0], [0.936, -0.1248, math.sqrt(1 - 0.936**2 - 0.1248**2)]],
]
CORRELATION5 = [
    [
        [1.0, 0.0, 0.0, 0.0, 0.0],
        [0.6, 0.8, 0.0, 0.0, 0.0],
        [0.5, 0.5, math.sqrt(0.5), 0.0, 0.0],
        [0.5, -0.5, 0.5, 0.5, 0.0],
        [0.2, 0.4, -0.4, 0.6, math.sqrt(0.28)],
    ]
]
COV3 = [[2.0, 0.5, -0.3], [0.5, 1.0, 0.25], [-0.3, 0.25, 0.75]]
TRIL3 = [[1.5, 0.0, 0.0], [-0.5, 0.25, 0.0], [2.0, 0.125, 3.0]]
VECTORS3 = [[0.0, 0.0, 0.0], [1.0, -2.0, 0.5], [30.0, 1e-3, -12.5]]

# distribution -> list of (argument sets, values): every value under every argument set
CASES = {
    "Normal": [([{}, {"loc": -1.5, "scale": 0.25}, {"loc": 3.0, "scale": 1e4}], REALS + [INF, NAN])],
    "LogNormal": [([{}, {"loc": -2.0, "scale": 0.3}, {"loc": 1.0, "scale": 2.5}], POSITIVES)],
    "HalfNormal": [([{}, {"scale": 0.05}, {"scale": 30.0}], POSITIVES)],
    "Exponential": [([{}, {"rate": 0.01}, {"rate": 25.0}], POSITIVES)],
    "HalfCauchy": [([{}, {"scale": 0.05}, {"scale": 25.0}], POSITIVES)],
    "Cauchy": [([{}, {"loc": 2.0, "scale": 0.1}, {"loc": -1.0, "scale": 1e3}], REALS)],
    "Uniform": [([{}, {"low": -2.5, "high": 0.3}, {"low": 0.2, "high": 1e6}], REALS + [1.0])],
    "Beta": [
        (
            [
                {"concentration1": a, "concentration0": b}
                for a, b in [(1, 1), (0.5, 0.5), (2, 5), (1, 3), (80.5, 3.25), (2000.0, 3000.0)]
            ],
            UNIT,
        )
    ],
    "Gamma": [
        (
            [
                {"concentration": 2.0},
                {"concentration": 0.05, "rate": 0.5},
                {"concentration": 1.0, "rate": 3.0},
                {"concentration": 350.0, "rate": 20.0},
            ],
            POSITIVES,
        )
    ],
    "InverseGamma": [
        (
            [
                {"concentration": 3.0},
                {"concentration": 0.5, "rate": 2.0},
                {"concentration": 1.5, "rate": 0.2},
                {"concentration": 60.0, "rate": 100.0},
            ],
            POSITIVES,
        )
    ],
    "StudentT": [
        (
            [
                {"df": 4.0},
                {"df": 1.0, "loc": 1.0},
                {"df": 0.5, "scale": 0.2},
                {"df": 1.75, "loc": -1.0, "scale": 3.0},
                {"df": 1e5, "loc": 0.0, "scale": 1.0},
            ],
            REALS,
        )
    ],
    "Laplace": [([{}, {"loc": 0.3, "scale": 0.2}, {"loc": -5.0, "scale": 60.0}], REALS)],
    "Logistic": [([{}, {"loc": 0.3, "scale": 0.2}, {"loc": -5.0, "scale": 60.0}], REALS)],
    "Weibull": [
        (
            [
                {"scale": 1.0, "concentration": 1.0},
                {"scale": 2.5, "concentration": 0.6},
                {"scale": 10.0, "concentration": 4.0},
            ],
            POSITIVES,
        )
    ],
    "Gumbel": [
        ([{}, {"loc": 0.3, "scale": 2.0}, {"loc": -5.0, "scale": 60.0}], [-6.0, -1.5, 0.0, 0.3, 2.0, 9.0, 90.0, 700.0])
    ],
    "TruncatedNormal": [
        (
            [{"low": 0.0}, {"loc": 1.5, "scale": 0.5, "low": -1.0}, {"loc": -3.0, "scale": 1.0, "low": 0.5}],
            [-1.5, -1.0, 0.0, 0.25, 0.5, 1.0, 4.0, 9.0],
        ),
        ([{"high": 0.0}, {"loc": 2.0, "scale": 3.0, "high": 1.0}], [-30.0, -4.0, -0.5, 0.0, 1.0, 1.5]),
        (
            [
                {"low": -1.0, "high": 2.0},
                {"loc": 0.0, "scale": 0.1, "low": -1.0, "high": 2.0},
                {"loc": 0.5, "scale": 40.0, "low": -1.0, "high": 2.0},
            ],
            [-2.0, -1.0, -0.3, 0.0, 0.75, 2.0, 2.5],
        ),
        (
            [
                {"loc": 0.0, "scale": 1.0, "low": 8.0, "high": 9.0},
                {"loc": 20.0, "scale": 1.0, "low": 8.0, "high": 9.0},
                {},
            ],
            [8.0, 8.1, 8.5, 9.0],
        ),
    ],
    "Bernoulli": [
        ([{"probs": 0.3}, {"probs": 1e-9}, {"probs": 0.0}, {"probs": 1.0}], [0, 1, 2, -1, 0.5]),
        ([{"logits": 0.0}, {"logits": 1.5}, {"logits": -40.0}, {"logits": 800.0}], [0, 1, 2, -1]),
    ],
    "Binomial": [
        (
            [
                {"total_count": 10, "probs": 0.3},
                {"total_count": 10, "probs": 0.0},
                {"probs": 0.75},
                {"total_count": 7, "probs": 1.0},
            ],
            [0, 1, 4, 7, 10, 11, -1, 2.5],
        ),
        ([{"total_count": 10000000, "probs": 0.3}], [3000000, 2990000, 3003000, 0]),
        (
            [
                {"total_count": 12, "logits": -0.5},
                {"total_count": 12, "logits": 30.0},
                {"total_count": 5, "logits": 0.0},
            ],
            [0, 1, 5, 12, 13],
        ),
        ([{"total_count": 10000000, "logits": -1.0}], [2689414, 2700000]),
    ],
    "BetaBinomial": [
        (
            [
                {"concentration1": 2.0, "concentration0": 3.0, "total_count": 10},
                {"concentration1": 0.2, "concentration0": 0.1, "total_count": 25},
                {"concentration1": 500.0, "concentration0": 1500.0, "total_count": 100},
                {"concentration1": 1.0, "concentration0": 1.0},
            ],
            [0, 1, 5, 10, 25, 60, 101, -1],
        )
    ],
    "Categorical": [
        ([{"probs": [0.2, 0.3, 0.5]}, {"probs": [0.0, 0.25, 0.75]}, {"probs": [0.5, 0.125, 0.375]}], [0, 1, 2, 3, -1]),
        ([{"logits": [0.0, 1.0, -2.0, 3.0]}, {"logits": [800.0, 0.0, -800.0, 801.0]}], [0, 1, 2, 3, 4]),
    ],
    "Multinomial": [
        (
            [{"total_count": 6, "probs": [0.2, 0.3, 0.5]}, {"total_count": 6, "probs": [0.0, 0.25, 0.75]}],
            [[1, 2, 3], [0, 0, 6], [6, 0, 0], [0, 3, 3], [1, 2, 2], [-1, 3, 4]],
        ),
        (
            [{"total_count": 100, "logits": [0.0, 1.0, -2.0]}, {"total_count": 100, "logits": [30.0, 1.0, 0.0]}],
            [[20, 70, 10], [100, 0, 0], [0, 0, 100], [50, 50, 1]],
        ),
    ],
    "Geometric": [
        ([{"probs": 0.3}, {"probs": 1e-6}, {"probs": 0.999}, {"probs": 1.0}], [0, 1, 5, 300, -1, 0.5]),
        ([{"logits": 0.0}, {"logits": 1.5}, {"logits": -12.0}], [0, 1, 5, 300, -1]),
    ],
    "Poisson": [([{"rate": 0.1}, {"rate": 3.5}, {"rate": 1e5}], COUNTS + [100000, 101000])],
    "ZeroInflatedPoisson": [
        ([{"gate": 0.3, "rate": 2.5}, {"gate": 0.0, "rate": 4.0}, {"gate": 0.999, "rate": 60.0}, {"gate": 0.5}], COUNTS)
    ],
    "NegativeBinomial2": [
        (
            [
                {"mean": 3.0, "concentration": 2.0},
                {"mean": 0.01, "concentration": 0.1},
                {"mean": 1500.0, "concentration": 40.0},
                {"mean": 5.0, "concentration": 1e6},
            ],
            COUNTS + [1500],
        )
    ],
    "OrderedLogistic": [
        (
            [
                {"predictor": 0.3, "cutpoints": [-1.0, 0.5, 2.0]},
                {"predictor": -30.0, "cutpoints": [-1.0, 0.5, 2.0]},
                {"predictor": 45.0, "cutpoints": [-1.0, 0.5, 2.0]},
                {"predictor": 0.0, "cutpoints": [1.0, 1.0000001, 60.0]},
            ],
            [0, 1, 2, 3, 4, -1],
        )
    ],
    "Dirichlet": [
        (
            [
                {"concentration": [1.0, 1.0, 1.0]},
                {"concentration": [0.5, 2.0, 3.0]},
                {"concentration": [100.0, 200.0, 1.0]},
            ],
            [[0.25, 0.25, 0.5], [0.125, 0.875, 0.0], [1e-9, 0.5, 0.499999999], [0.3, 0.3, 0.3], [-0.25, 0.75, 0.5]],
        ),
    ],
    "MultivariateNormal": [
        (
            [
                {"loc": [0.0, 0.0, 0.0], "covariance_matrix": COV3},
                {
                    "loc": [1.0, -1.0, 0.5],
                    "covariance_matrix": [[1.0, 0.999, 0.0], [0.999, 1.0, 0.0], [0.0, 0.0, 1e-4]],
                },
            ],
            VECTORS3,
        ),
        (
            [
                {"loc": [0.0, 0.0, 0.0], "precision_matrix": COV3},
                {"loc": [1.0, 2.0, 3.0], "precision_matrix": [[4.0, -1.0, 0.0], [-1.0, 4.0, -1.0], [0.0, -1.0, 4.0]]},
            ],
            VECTORS3,
        ),
        (
            [
                {"loc": [0.0, 1.0, -1.0], "scale_tril": TRIL3},
                {"loc": [0.0, 0.0, 0.0], "scale_tril": [[1e-3, 0.0, 0.0], [0.5, 2.0, 0.0], [0.25, -1.0, 50.0]]},
            ],
            VECTORS3,
        ),
    ],
    "LKJCholesky": [
        (
            [{"dimension": 2}, {"dimension": 2, "concentration": 0.5}, {"dimension": 2, "concentration": 8.0}],
            CORRELATION,
        ),
        (
            [{"dimension": 3}, {"dimension": 3, "concentration": 2.5}, {"dimension": 3, "concentration": 0.3}],
            CORRELATION3,
        ),
        ([{"dimension": 5}, {"dimension": 5, "concentration": 1.5}], CORRELATION5),
    ],
    "Delta": [
        ([{}, {"v": 2.5, "log_density": -0.75}], [0.0, 2.5, -1.0]),
        ([{"v": [1.0, -2.0], "log_density": 0.5, "event_dim": 1}], [[1.0, -2.0], [1.0, 2.0]]),
    ],
    "ImproperUniform": [
        ([{"support": "real"}, {"support": "positive"}, {"support": "unit_interval"}], [-3.0, 0.0, 0.25, 40.0]),
        (
            [{"support": "ordered_vector"}, {"support": "positive_ordered_vector"}, {"support": "simplex"}],
            [[0.25, 0.75], [-1.0, 2.0], [2.0, 1.0]],
        ),
    ],
    "MixtureSameFamily": [
        (
            [
                {
                    "mixing": {"distribution": "Categorical", "args": {"probs": [0.25, 0.75]}},
                    "component": {
                        "distribution": "Normal",
                        "args": [{"loc": -1.0, "scale": 0.5}, {"loc": 2.0, "scale": 3.0}],
                    },
                }
            ],
            REALS,
        ),
        (
            [
                {
                    "mixing": {"distribution": "Categorical", "args": {"logits": [0.0, -30.0, 1.0]}},
                    "component": {"distribution": "Poisson", "args": [{"rate": 0.5}, {"rate": 4.0}, {"rate": 60.0}]},
                }
            ],
            COUNTS,
        ),
        (
            [
                {
                    "mixing": {"distribution": "Categorical", "args": {"probs": [0.5, 0.5]}},
                    "component": {
                        "distribution": "MultivariateNormal",
                        "args": [
                            {"loc": [0.0, 0.0, 0.0], "scale_tril": TRIL3},
                            {"loc": [1.0, 2.0, 3.0], "scale_tril": [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.5, 0.5, 1.0]]},
                        ],
                    },
                }
            ],
            VECTORS3,
        ),
    ],
    "TransformedDistribution": [
        (
            [
                {
                    "base": {"distribution": "Normal", "args": {"loc": 0.5, "scale": 2.0}},
                    "transforms": [{"transform": "ExpTransform", "args": {}}],
                },
                {
                    "base": {"distribution": "Normal", "args": {}},
                    "transforms": [{"transform": "SoftplusTransform", "args": {}}],
                },
                {
                    "base": {"distribution": "Gamma", "args": {"concentration": 2.0, "rate": 0.5}},
                    "transforms": [{"transform": "PowerTransform", "args": {"exponent": 2.0}}],
                },
            ],
            [1e-3, 0.4, 3.0, 30.0],
        ),
        (
            [
                {
                    "base": {"distribution": "Logistic", "args": {}},
                    "transforms": [
                        {"transform": "SigmoidTransform", "args": {}},
                        {"transform": "AffineTransform", "args": {"loc": -1.0, "scale": 4.0}},
                    ],
                },
                {
                    "base": {"distribution": "StudentT", "args": {"df": 3.0}},
                    "transforms": [{"transform": "AffineTransform", "args": {"loc": 1.0, "scale": -0.5}}],
                },
                {
                    "base": {"distribution": "Normal", "args": {"loc": 0.0, "scale": 0.3}},
                    "transforms": [
                        {"transform": "ExpTransform", "args": {}},
                        {"transform": "AffineTransform", "args": {"loc": -2.0, "scale": 3.0}},
                    ],
                },
            ],
            [-0.95, 0.0, 1.25, 2.5],
        ),
        (
            [
                {
                    "base": {"distribution": "Normal", "args": {"loc": 0.0, "scale": 2.0}},
                    "transforms": [{"transform": "OrderedTransform", "args": {}}],
                },
                {
                    "base": {"distribution": "Dirichlet", "args": {"concentration": [2.0, 1.0, 3.0, 0.5]}},
                    "transforms": [{"transform": "SimplexToOrderedTransform", "args": {}}],
                },
            ],
            [[-1.0, 0.5, 0.75], [-6.0, 0.0, 8.0]],
        ),
    ],
    "Independent": [
        (
            [
                {
                    "base": {"distribution": "Normal", "args": {"loc": [0.0, 1.0, -1.0], "scale": 2.0}},
                    "reinterpreted_batch_ndims": 1,
                },
                {
                    "base": {"distribution": "Laplace", "args": {"loc": 0.25, "scale": [0.5, 1.0, 2.0]}},
                    "reinterpreted_batch_ndims": 1,
                },
            ],
            VECTORS3,
        ),
        (
            [
                {
                    "base": {"distribution": "Bernoulli", "args": {"probs": [0.25, 0.5, 0.875]}},
                    "reinterpreted_batch_ndims": 1,
                }
            ],
            [[0, 1, 1], [1, 0, 0], [0, 2, 1]],
        ),
    ],
}


def exact(value):
    return [exact(v) for v in value] if isinstance(value, list) else mpf(value)


def as_json(value):
    """Nearest double of an exact number; infinities and nan as strings."""
    if isinstance(value, list):
        return [as_json(v) for v in value]
    number = float(value)
    if math.isnan(number):
        return "nan"
    return number if math.isfinite(number) else ("inf" if number > 0 else "-inf")


def value_json(value):
    if isinstance(value, list):
        return [value_json(v) for v in value]
    return value if isinstance(value, int) else as_json(value)


def entries():
    for name, groups in CASES.items():
        for argument_sets, values in groups:
            for args in argument_sets:
                log_prob, mean, variance, cdf = FAMILIES[name](**args)
                for value in values:
                    entry = {
                        "distribution": name,
                        "args": args,
                        "value": value_json(value),
                        "log_prob": as_json(log_prob(exact(value))),
                    }
                    entry.update({k: as_json(v) for k, v in (("mean", mean), ("variance", variance)) if v is not None})
                    if cdf is not None and math.isfinite(value):
                        entry["cdf"] = as_json(cdf(exact(value)))
                    yield entry


def write_lines(path, items):
    """A JSON list with one entry per line."""
    path.write_text("[\n" + ",\n".join(json.dumps(i) for i in items) + "\n]\n")


# --- bijections: NumPyro in float64 -----------------------------------------------------------------------------------


def bijection_cases():
    from numpyro.distributions import constraints as c

    return [
        ("real", {}, c.real, 1),
        ("positive", {}, c.positive, 1),
        ("greater_than", {"lower_bound": -2.5}, c.greater_than(-2.5), 1),
        ("less_than", {"upper_bound": 0.75}, c.less_than(0.75), 1),
        ("unit_interval", {}, c.unit_interval, 1),
        ("interval", {"lower_bound": -1.0, "upper_bound": 3.5}, c.interval(-1.0, 3.5), 1),
        ("softplus_positive", {}, c.softplus_positive, 1),
        ("real_vector", {}, c.real_vector, 3),
        ("simplex", {"dimension": 4}, c.simplex, 3),
        ("ordered_vector", {"dimension": 3}, c.ordered_vector, 3),
        ("positive_ordered_vector", {"dimension": 3}, c.positive_ordered_vector, 3),
        ("lower_cholesky", {"dimension": 3}, c.lower_cholesky, 6),
        ("softplus_lower_cholesky", {"dimension": 3}, c.softplus_lower_cholesky, 6),
        ("scaled_unit_lower_cholesky", {"dimension": 3}, c.scaled_unit_lower_cholesky, 6),
        ("corr_cholesky", {"dimension": 2}, c.corr_cholesky, 1),
        ("corr_cholesky", {"dimension": 3}, c.corr_cholesky, 3),
        ("corr_cholesky", {"dimension": 4}, c.corr_cholesky, 6),
    ]


def bijections():
    import jax
    import jax.numpy as jnp
    from numpyro.distributions import biject_to

    jax.config.update("jax_enable_x64", True)
    rng = np.random.default_rng(7)
    for name, args, constraint, size in bijection_cases():
        scalar = biject_to(constraint).domain.event_dim == 0 and size == 1
        bijection = biject_to(constraint)
        for scale in (0.0, 0.5, 1.0, 2.0, 4.0):
            u = np.round(scale * rng.normal(size=() if scalar else size), 6)
            x = bijection(jnp.asarray(u))
            yield {
                "constraint": name,
                "args": args,
                "u": u.tolist(),
                "x": np.asarray(x).tolist(),
                "log_abs_det": float(bijection.log_abs_det_jacobian(jnp.asarray(u), x)),
                "log_abs_det_numeric": numeric_log_det(bijection, u, np.asarray(x)),
            }


def numeric_log_det(bijection, u, x):
    """ln |det J| by automatic differentiation over the free entries of x, the check on the closed form."""
    import jax
    import jax.numpy as jnp

    jacobian = np.atleast_2d(np.asarray(jax.jacfwd(bijection)(jnp.asarray(u))).reshape(x.size, np.size(u)))
    if x.ndim == 2:  # lower triangle; of a correlation factor the strict one
        keep = np.tril_indices(x.shape[0], 0 if np.size(u) > x.shape[0] * (x.shape[0] - 1) // 2 else -1)
        jacobian = jacobian[np.ravel_multi_index(keep, x.shape)]
    elif x.size > np.size(u):  # simplex: the last entry follows
        jacobian = jacobian[: np.size(u)]
    return float(np.linalg.slogdet(jacobian)[1])


# --- comparison with NumPyro, for the reader of the log ---------------------------------------------------------------


def build(name, args):
    import numpyro.distributions as dist
    from numpyro.distributions import constraints, transforms

    if name == "MixtureSameFamily":
        parts = args["component"]["args"]
        stacked = {k: np.array([p[k] for p in parts]) for k in parts[0]}
        return dist.MixtureSameFamily(
            build("Categorical", args["mixing"]["args"]), build(args["component"]["distribution"], stacked)
        )
    if name == "TransformedDistribution":
        base = build(args["base"]["distribution"], args["base"]["args"])
        kinds = [t["transform"] for t in args["transforms"]]
        if kinds == ["OrderedTransform"]:
            base = base.expand([3]).to_event(1)
        steps = [getattr(transforms, t["transform"])(**t["args"]) for t in args["transforms"]]
        return dist.TransformedDistribution(base, steps)
    if name == "Independent":
        return build(args["base"]["distribution"], args["base"]["args"]).to_event(args["reinterpreted_batch_ndims"])
    if name == "ImproperUniform":
        support = getattr(constraints, args["support"])
        return dist.ImproperUniform(support, (), (2,) if support.event_dim else ())
    return getattr(dist, name)(**{k: np.array(v) if isinstance(v, list) else v for k, v in args.items()})


def compare(items):
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    cache = {}
    for e in items:
        key = json.dumps([e["distribution"], e["args"]])
        if key not in cache:
            cache[key] = build(e["distribution"], e["args"])
        d = cache[key]
        value = jnp.asarray(float(e["value"]) if isinstance(e["value"], str) else np.array(e["value"]))
        for field in ("log_prob", "mean", "variance", "cdf"):
            if field not in e or (field == "cdf" and e["log_prob"] == "-inf"):
                continue
            want = np.array(e[field], dtype=float)
            try:
                got = np.asarray(getattr(d, field)(value) if field in ("log_prob", "cdf") else getattr(d, field))
            except Exception as error:  # a moment that NumPyro does not offer
                print(f"{e['distribution']} {e['args']} {field}: {type(error).__name__}")
                continue
            if not np.allclose(got, want, rtol=1e-10, atol=1e-12, equal_nan=True):
                print(f"{e['distribution']} {e['args']} at {e['value']} {field}: exact {want}, NumPyro {got}")


def main():
    DATA.mkdir(exist_ok=True)
    items = list(entries())
    write_lines(DATA / "distributions.json", items)
    maps = list(bijections())
    for m in maps:
        if not math.isclose(m["log_abs_det"], m.pop("log_abs_det_numeric"), rel_tol=1e-8, abs_tol=1e-8):
            raise SystemExit(f"log_abs_det of {m} disagrees with its Jacobian")
    write_lines(DATA / "bijections.json", maps)
    print(len(items), "densities,", len(maps), "bijection points")
    if "--compare" in sys.argv:
        compare(items)


if __name__ == "__main__":
    main()
