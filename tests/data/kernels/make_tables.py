#!/usr/bin/env python3
"""Writes functions.txt (needs mpmath): kernel, argument(s) and correctly rounded value in hexadecimal, then what the
rounding left, in units in the last place."""
import math
import random
from mpmath import (mp, mpf, exp, expm1, log, log1p, sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, erf, erfc, sqrt,
                    loggamma, psi, atan2, pi, findroot)

mp.dps = 60
random.seed(20240501)


def uniform(low, high, count):
    return [random.uniform(low, high) for _ in range(count)]


def logarithmic(low, high, count):
    return [math.exp(random.uniform(math.log(low), math.log(high))) for _ in range(count)]


def both(values):
    return values + [-v for v in values]


def precise(function, digits):
    def wrapped(*arguments):
        with mp.workdps(digits):
            return function(*arguments)
    return wrapped


def lgamma_real(x):
    if x > 0:
        return loggamma(x)
    return log(pi / abs(x * sin(pi * x))) - loggamma(-x)


def softplus(x):
    return log1p(exp(x))


def ndtr(x):
    return erfc(-x / sqrt(mpf(2))) / 2


def ndtri(p):
    start = -sqrt(max(mpf(0), -2 * log(p))) if p < 0.1 else (mpf(p) - 0.5) * 2.5
    if p > 0.9:
        return -ndtri(1 - mpf(p))
    if p < 1e-3:
        return findroot(lambda x: log(ndtr(x)) - log(p), (start, start * 0.98))
    return findroot(lambda x: ndtr(x) - p, (start, start + 0.1))


def erfinv(y):
    return ndtri((1 + mpf(y)) / 2) / sqrt(mpf(2))


def log1mexp(x):
    return log(-expm1(-x))


tiny = [2.0**-1074, 3e-310, 2.0**-1022, 1e-300, 1e-20, 1e-8]
TABLES = {
    "sqrt": (sqrt, logarithmic(1e-300, 1e300, 12) + tiny),
    "exp": (exp, uniform(-745, 709, 24) + uniform(-1, 1, 16) + both(tiny)),
    "expm1": (expm1, uniform(-40, 709, 16) + uniform(-2, 2, 24) + both(tiny[1:])),
    "log": (log, logarithmic(1e-320, 1e308, 16) + uniform(0.5, 2, 24) + tiny + [1 - 2.0**-53, 1 + 2.0**-52]),
    "log1p": (log1p, uniform(-0.999, 3, 24) + logarithmic(1e-12, 1e308, 16) + both(tiny[1:]) + [1.7e308]),
    "sin": (sin, uniform(-1e5, 1e5, 16) + uniform(-8, 8, 16) + logarithmic(1e6, 1e300, 16) + [math.pi, 2 * math.pi]),
    "cos": (cos, uniform(-1e5, 1e5, 16) + uniform(-8, 8, 16) + logarithmic(1e6, 1e300, 16) + [math.pi / 2]),
    "tan": (tan, uniform(-1e5, 1e5, 16) + uniform(-8, 8, 16) + logarithmic(1e6, 1e300, 8)),
    "arcsin": (asin, uniform(-1, 1, 40) + tiny[3:]),
    "arccos": (acos, uniform(-1, 1, 40) + [1 - 2.0**-53]),
    "arctan": (atan, uniform(-5, 5, 30) + logarithmic(1e-12, 1e12, 10)),
    "sinh": (sinh, uniform(-710, 710, 16) + uniform(-2, 2, 24) + tiny[1:]),
    "cosh": (cosh, uniform(-710, 710, 16) + uniform(-2, 2, 24)),
    "tanh": (tanh, uniform(-20, 20, 16) + uniform(-1.5, 1.5, 24) + tiny[1:]),
    "sigmoid": (lambda x: 1 / (1 + exp(-x)), uniform(-700, 40, 12) + uniform(-6, 6, 28)),
    "softplus": (softplus, uniform(-700, 40, 12) + uniform(-6, 6, 28)),
    "log_sigmoid": (lambda x: -softplus(-x), uniform(-40, 700, 12) + uniform(-6, 6, 28)),
    "erf": (erf, uniform(-6, 6, 24) + uniform(-1.2, 1.2, 24) + tiny[2:]),
    "erfc": (precise(erfc, 500), uniform(-5, 26.5, 24) + uniform(-1, 1.5, 24)),
    "erfinv": (erfinv, uniform(-1, 1, 24) + [1 - 1e-9, 1e-9, -1e-5, 0.85, 1 - 2.0**-53]),
    "ndtri": (ndtri, uniform(0, 1, 24) + logarithmic(1e-300, 0.1, 16) + [0.5 + 1e-9, 0.075, 0.925, 1 - 2.0**-53]),
    "log_ndtr": (precise(lambda x: log1p(-ndtr(-x)) if x > 0 else log(ndtr(x)), 1000),
                 uniform(-30, 30, 24) + uniform(-2, 2, 32)),
    "lgamma": (lgamma_real, logarithmic(1e-10, 1e10, 24) + uniform(0.05, 0.8, 8) + uniform(2.3, 12, 16)
               + uniform(1.2, 1.8, 8) + [-0.5, -1.5, -10.25, 1e300, 1e-300]),
    "digamma": (lambda x: psi(0, x), logarithmic(1e-10, 1e10, 24) + uniform(0.05, 1.3, 8) + uniform(1.6, 12, 16)
                + [-0.25, -1.75, -10.25]),
    "trigamma": (lambda x: psi(1, x), logarithmic(1e-10, 1e10, 24) + uniform(0.05, 12, 24) + [-0.25, -1.75, -10.25]),
    "log1mexp": (log1mexp, logarithmic(1e-20, 40, 24) + uniform(0.1, 3, 16)),
}
PAIRS = {
    "power": (lambda x, y: mpf(x)**mpf(y), [(a, b) for a, b in zip(logarithmic(1e-20, 1e20, 16), uniform(-14, 14, 16))]
              + [(a, b) for a, b in zip(uniform(0.5, 2, 16), uniform(-900, 900, 16))]
              + [(-1.5, 3.0), (-2.0, 11.0), (3e-310, 0.5), (1.0000001, 1e9)]),
    "arctan2": (atan2, [(a, b) for a, b in zip(uniform(-3, 3, 32), uniform(-3, 3, 32))]
                + [(1e-300, 1e5), (1e300, -1e-5), (1e308, 1e308), (-3e-310, -2e-310)]),
    "logaddexp": (lambda a, b: log(exp(a) + exp(b)), [(a, b) for a, b in zip(uniform(1, 50, 24), uniform(1, 50, 24))]),
}


def emit(name, arguments, value):
    rounded = float(value)  # mpmath rounds to nearest
    if rounded == 0 or math.isinf(rounded):
        return
    rest = float((value - mpf(rounded)) / mpf(math.ulp(rounded)))
    print(name, *(float(a).hex() for a in arguments), rounded.hex(), f"{rest:.4f}")


for name, (function, points) in TABLES.items():
    for x in points:
        emit(name, (x,), function(mpf(x)))
for name, (function, points) in PAIRS.items():
    for x, y in points:
        emit(name, (x, y), function(mpf(x), mpf(y)))
