#!/usr/bin/env python3
"""Fits the polynomials of the vector functions and writes coefficients.inl (needs mpmath; about a minute).

Each is the Chebyshev interpolant of its degree, computed with 60 digits, re-expanded in powers of the argument and
rounded to double. `fit` prints the largest error, weighted as the polynomial enters the result.
"""
import sys
from mpmath import mp, mpf, pi, cos, exp, log, sin, sqrt, atan, asin, erf, erfc, loggamma, psi, findroot

mp.dps = 60
out = []


def chebyshev(f, a, b, degree):
    n = degree + 1
    theta = [(2 * k + 1) * pi / (2 * n) for k in range(n)]
    values = [f((b - a) / 2 * cos(t) + (a + b) / 2) for t in theta]
    c = [2 / mpf(n) * sum(values[k] * cos(j * theta[k]) for k in range(n)) for j in range(n)]
    c[0] /= 2
    return c


def to_powers(c, a, b, center):
    """Chebyshev series on [a, b] -> powers of (x - center)."""
    s, m = 2 / (b - a), (2 * center - a - b) / (b - a)  # t = s (x - center) + m

    def times_t(p):
        r = [mpf(0)] * (len(p) + 1)
        for i, v in enumerate(p):
            r[i] += m * v
            r[i + 1] += s * v
        return r

    def plus(p, q, f):
        r = [mpf(0)] * max(len(p), len(q))
        for i, v in enumerate(p):
            r[i] += v
        for i, v in enumerate(q):
            r[i] += f * v
        return r

    t0, t1 = [mpf(1)], [m, s]
    total = plus([c[0]], [x * c[1] for x in t1], 1)
    for k in range(2, len(c)):
        t0, t1 = t1, plus([2 * v for v in times_t(t1)], t0, -1)
        total = plus(total, [x * c[k] for x in t1], 1)
    return total


def hexa(x):
    return float(x).hex()


def fit(name, comment, f, a, b, degree, weight=lambda x: 1, center=mpf(0)):
    a, b = mpf(a), mpf(b)
    p = to_powers(chebyshev(f, a, b, degree), a, b, center)
    worst = 0
    for i in range(1, 64):
        x = a + (b - a) * (i + mpf(1) / 3) / 64
        v = mpf(0)
        for k in reversed(p):
            v = v * (x - center) + k
        worst = max(worst, abs((v - f(x)) * weight(x)))
    print(name, degree, mp.nstr(worst, 3), file=sys.stderr)
    table(name, comment, p)


def table(name, comment, p):
    out.append(f"// {comment}")
    text = f"static constexpr double {name}[{len(p)}] = {{"
    lines, line = [], text
    for i, v in enumerate(p):
        item = hexa(v) + ("," if i + 1 < len(p) else "")
        if len(line) + len(item) + 1 > 118:
            lines.append(line)
            line = "   "
        line += ("" if line.endswith("{") else " ") + item
    lines.append(line + "};")
    out.extend(lines)


def split(name, x, bits=53):
    """High part with `bits` bits and the rest."""
    x = mpf(x)
    with mp.workprec(bits):
        high = +x
    out.append(f"static constexpr double {name}_hi = {hexa(high)}, {name}_lo = {hexa(x - high)};")


h = log(2) / 2
q = (pi / 4) ** 2
fit("kExpPoly", "(exp(r) - 1 - r) / r^2, |r| <= log(2) / 2", lambda r: (exp(r) - 1 - r) / r**2 if abs(r) > 1e-20 else mpf(1) / 2, -h, h, 10,
    lambda r: r * r)
fit("kLogPoly", "(2 atanh(s) - 2 s) / s^3 in s^2, |s| <= 0.1716", lambda z: (log((1 + sqrt(z)) / (1 - sqrt(z)))
    - 2 * sqrt(z)) / (sqrt(z) * z), 0, "0.02945", 6, lambda z: z / 2)
fit("kLogPairPoly", "(atanh(s) / s - 1 - s^2 / 3) / s^4 in s^2, |s| <= 0.1716",
    lambda z: (log((1 + sqrt(z)) / (1 - sqrt(z))) / (2 * sqrt(z)) - 1 - z / 3) / z**2, 0, "0.02945", 7,
    lambda z: z * z)
fit("kSinPoly", "(sin(r) - r) / r^3 in r^2, |r| <= pi / 4", lambda z: (sin(sqrt(z)) / sqrt(z) - 1) / z, 0, q, 5,
    lambda z: z)
fit("kCosPoly", "(cos(r) - 1 + r^2 / 2) / r^4 in r^2, |r| <= pi / 4", lambda z: (cos(sqrt(z)) - 1 + z / 2) / z**2, 0,
    q, 5, lambda z: z * z)
fit("kAtanPoly", "(atan(x) - x) / x^3 in x^2, |x| <= tan(pi / 8)", lambda z: (atan(sqrt(z)) / sqrt(z) - 1) / z, 0,
    "0.1716", 11, lambda z: z)
fit("kAsinPoly", "(asin(x) - x) / x^3 in x^2, |x| <= 1/2", lambda z: (asin(sqrt(z)) / sqrt(z) - 1) / z, 0, "0.25", 12,
    lambda z: z)
fit("kErfPoly", "erf(x) / x - 1 in x^2, |x| <= 1", lambda z: erf(sqrt(z)) / sqrt(z) - 1, 0, 1, 12)


def erfcx(x):
    if x > 300:
        z, term, total = 1 / (2 * x * x), mpf(1), mpf(0)
        for k in range(20):
            total += term
            term *= -(2 * k + 1) * z
        return total / (x * sqrt(pi))
    with mp.workdps(mp.dps + int(x * x / 2) + 20):
        return exp(x * x) * erfc(x)


fit("kErfcxPoly", "(1 + 2 x) exp(x^2) erfc(x) in t = (x - 4) / (x + 4), x >= 0",
    lambda t: (1 + 8 * (1 + t) / (1 - t)) * erfcx(4 * (1 + t) / (1 - t)), -1, 1, 24)

x0 = findroot(lambda x: psi(0, x), mpf("1.4616"))
fit("kLgammaPoly", "lgamma(x) / ((x - 1) (x - 2)) in x - 3/2, 0.9 <= x <= 2.2",
    lambda x: loggamma(x) / ((x - 1) * (x - 2)), "0.9", "2.2", 25, center=mpf(3) / 2)
fit("kDigammaPoly", "psi(x) / (x - x0) in x - 3/2, 1 <= x <= 2, x0 the zero", lambda x: psi(0, x) / (x - x0), 1, 2, 22,
    center=mpf(3) / 2)
fit("kLgammaTail", "(lgamma(x) - (x - 1/2) (log x - 1) - (log(2 pi) - 1) / 2) x in 1 / x^2, x >= 8",
    lambda z: (loggamma(1 / sqrt(z)) - (1 / sqrt(z) - mpf(1) / 2) * (-log(z) / 2 - 1) - (log(2 * pi) - 1) / 2)
    / sqrt(z), 0, mpf(1) / 64, 7, lambda z: sqrt(z) / 8)
fit("kDigammaTail", "(log x - 1 / (2 x) - psi(x)) x^2 in 1 / x^2, x >= 8",
    lambda z: (-log(z) / 2 - sqrt(z) / 2 - psi(0, 1 / sqrt(z))) / z, 0, mpf(1) / 64, 8, lambda z: z)
fit("kTrigammaTail", "(psi'(x) - 1 / x - 1 / (2 x^2)) x^3 in 1 / x^2, x >= 8",
    lambda z: (psi(1, 1 / sqrt(z)) - sqrt(z) - z / 2) / (z * sqrt(z)), 0, mpf(1) / 64, 9, lambda z: z)

out.append("// Constants as high and low part; kLn2_hi has 42 bits, so that its multiples up to 2^11 are exact.")
split("kLn2", log(2), 42)
split("kPi", pi)
split("kHalfPi", pi / 2)
split("kQuarterPi", pi / 4)
split("kThreeQuarterPi", 3 * pi / 4)
split("kDigammaZero", x0)
out.append("// pi / 2 in four parts, the first three of 33 bits: multiples up to 2^20 of those are exact.")
rest, parts = pi / 2, []
for bits in (33, 33, 33, 53):
    with mp.workprec(bits):
        part = +rest
    parts.append(part)
    rest -= part
table("kHalfPiParts", "sum = pi / 2", parts)
out.append("// 2 / pi, bits after the binary point in words of 64, for arguments beyond the range of kHalfPiParts.")
mp.prec = 1400
value, words = 2 / pi, []
for _ in range(20):
    value *= mpf(2) ** 64
    word = int(value)
    words.append(f"0x{word:016x}")
    value -= word
out.append(f"static constexpr std::uint64_t kTwoOverPi[{len(words)}] = {{")
for i in range(0, len(words), 5):
    out.append("    " + ", ".join(words[i:i + 5]) + ("," if i + 5 < len(words) else "};"))

print("// Written by make_coefficients.py.")
print("\n".join(out))
