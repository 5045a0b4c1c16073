"""Log densities, moments and distribution functions in arbitrary precision, each written from its textbook definition.

Every family maps its arguments to (log_prob(value), mean, variance, cdf(value)); None where a moment or the cdf is left out.
Values outside the support give -inf. Nothing here uses the formulas or the code of another probability library.
"""

from mpmath import mp, mpf

mp.dps = 50
INF = mp.inf
TINY = mpf(2) ** -1022  # smallest normal double, the lower clamp of probabilities
EPS = mpf(2) ** -52


def n(x):
    return mpf(x)


def log(x):
    return mp.log(x) if x > 0 else -INF


def xlogy(x, y):
    return mpf(0) if x == 0 else x * log(y)


def sigmoid(x):
    return 1 / (1 + mp.exp(-x))


def log_sigmoid(x):
    return -mp.log1p(mp.exp(-x)) if x > 0 else x - mp.log1p(mp.exp(x))


def lgamma(x):
    return mp.loggamma(x)


def lbeta(a, b):
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def phi(z):
    return mp.exp(-z * z / 2) / mp.sqrt(2 * mp.pi)


def ndtr(z):
    return mp.erfc(-z / mp.sqrt(2)) / 2


def where(inside, function):
    """The log density `function` restricted to `inside`; nan and infinite values are outside of everything."""
    return lambda x: function(x) if mp.isfinite(x) and inside(x) else -INF


def positive(x):
    return x > 0


def real(x):
    return True


def is_count(x):
    return x >= 0 and x == mp.floor(x)


def up_to(size):
    return lambda x: is_count(x) and x <= size


def above(start, function):
    return lambda x: function(x) if x > start else mpf(0)


# --- continuous, univariate -------------------------------------------------------------------------------------------


def normal(loc=0, scale=1):
    m, s = n(loc), n(scale)
    return (
        where(real, lambda x: -(((x - m) / s) ** 2) / 2 - log(s) - log(2 * mp.pi) / 2),
        m,
        s**2,
        lambda x: ndtr((x - m) / s),
    )


def log_normal(loc=0, scale=1):
    m, s = n(loc), n(scale)
    base = normal(m, s)
    mean = mp.exp(m + s**2 / 2)
    return (
        where(positive, lambda x: base[0](log(x)) - log(x)),
        mean,
        mp.expm1(s**2) * mean**2,
        above(0, lambda x: base[3](log(x))),
    )


def half_normal(scale=1):
    s = n(scale)
    return (
        where(positive, lambda x: log(2) + normal(0, s)[0](x)),
        s * mp.sqrt(2 / mp.pi),
        s**2 * (1 - 2 / mp.pi),
        above(0, lambda x: mp.erf(x / (s * mp.sqrt(2)))),
    )


def exponential(rate=1):
    r = n(rate)
    return where(positive, lambda x: log(r) - r * x), 1 / r, 1 / r**2, above(0, lambda x: -mp.expm1(-r * x))


def half_cauchy(scale=1):
    s = n(scale)
    return (
        where(positive, lambda x: log(2) - log(mp.pi * s) - mp.log1p((x / s) ** 2)),
        INF,
        INF,
        above(0, lambda x: 2 * mp.atan(x / s) / mp.pi),
    )


def cauchy(loc=0, scale=1):
    m, s = n(loc), n(scale)

    def cdf(x):
        z = (x - m) / s
        return mp.atan(1 / -z) / mp.pi if z < 0 else mpf(1) / 2 + mp.atan(z) / mp.pi

    return where(real, lambda x: -log(mp.pi * s) - mp.log1p(((x - m) / s) ** 2)), mp.nan, mp.nan, cdf


def uniform(low=0, high=1):
    a, b = n(low), n(high)
    return (
        where(lambda x: a <= x <= b, lambda x: -log(b - a)),
        (a + b) / 2,
        (b - a) ** 2 / 12,
        lambda x: min(max((x - a) / (b - a), mpf(0)), mpf(1)),
    )


def beta(concentration1, concentration0):
    a, b = n(concentration1), n(concentration0)

    def density(x):
        return xlogy(a - 1, x) + xlogy(b - 1, 1 - x) - lbeta(a, b)

    def cdf(x):
        return mpf(0) if x <= 0 else mpf(1) if x >= 1 else mp.betainc(a, b, 0, x, regularized=True)

    return where(lambda x: 0 <= x <= 1, density), a / (a + b), a * b / ((a + b) ** 2 * (a + b + 1)), cdf


def gamma(concentration, rate=1):
    a, r = n(concentration), n(rate)
    return (
        where(positive, lambda x: a * log(r) + (a - 1) * log(x) - r * x - lgamma(a)),
        a / r,
        a / r**2,
        above(0, lambda x: mp.gammainc(a, 0, r * x, regularized=True)),
    )


def inverse_gamma(concentration, rate=1):
    a, r = n(concentration), n(rate)
    return (
        where(positive, lambda x: a * log(r) - (a + 1) * log(x) - r / x - lgamma(a)),
        r / (a - 1) if a > 1 else INF,
        r**2 / ((a - 1) ** 2 * (a - 2)) if a > 2 else INF,
        above(0, lambda x: mp.gammainc(a, r / x, INF, regularized=True)),
    )


def student_t(df, loc=0, scale=1):
    v, m, s = n(df), n(loc), n(scale)

    def density(x):
        z = (x - m) / s
        return lgamma((v + 1) / 2) - lgamma(v / 2) - log(v * mp.pi) / 2 - log(s) - (v + 1) / 2 * mp.log1p(z * z / v)

    def cdf(x):
        z = (x - m) / s
        tail = mp.betainc(v / 2, mpf(1) / 2, 0, v / (v + z * z), regularized=True) / 2
        return tail if z < 0 else 1 - tail

    variance = s**2 * v / (v - 2) if v > 2 else INF if v > 1 else mp.nan
    return where(real, density), m if v > 1 else INF, variance, cdf


def laplace(loc=0, scale=1):
    m, s = n(loc), n(scale)

    def cdf(x):
        z = (x - m) / s
        return mp.exp(z) / 2 if z < 0 else 1 - mp.exp(-z) / 2

    return where(real, lambda x: -abs(x - m) / s - log(2 * s)), m, 2 * s**2, cdf


def logistic(loc=0, scale=1):
    m, s = n(loc), n(scale)
    return (
        where(real, lambda x: log_sigmoid((x - m) / s) + log_sigmoid((m - x) / s) - log(s)),
        m,
        (mp.pi * s) ** 2 / 3,
        lambda x: sigmoid((x - m) / s),
    )


def weibull(scale, concentration):
    lam, k = n(scale), n(concentration)
    first, second = mp.gamma(1 + 1 / k), mp.gamma(1 + 2 / k)
    return (
        where(positive, lambda x: log(k / lam) + (k - 1) * log(x / lam) - (x / lam) ** k),
        lam * first,
        lam**2 * (second - first**2),
        above(0, lambda x: -mp.expm1(-((x / lam) ** k))),
    )


def gumbel(loc=0, scale=1):
    m, s = n(loc), n(scale)
    return (
        where(real, lambda x: -(x - m) / s - mp.exp(-(x - m) / s) - log(s)),
        m + s * mp.euler,
        (mp.pi * s) ** 2 / 6,
        lambda x: mp.exp(-mp.exp(-(x - m) / s)),
    )


def truncated_normal(loc=0, scale=1, low=None, high=None):
    m, s = n(loc), n(scale)
    a = -INF if low is None else (n(low) - m) / s
    b = INF if high is None else (n(high) - m) / s
    flip = mp.isfinite(a) and a > 0  # both ends in the upper tail: measure from that side

    def mass(lo, hi):
        return ndtr(-lo) - ndtr(-hi) if flip else ndtr(hi) - ndtr(lo)

    z = mass(a, b)
    pa, pb = (phi(a) if mp.isfinite(a) else mpf(0)), (phi(b) if mp.isfinite(b) else mpf(0))
    apa, bpb = (a * pa if pa else mpf(0)), (b * pb if pb else mpf(0))
    ratio = (pa - pb) / z
    base = normal(m, s)[0]
    return (
        where(lambda x: a <= (x - m) / s <= b, lambda x: base(x) - log(z)),
        m + s * ratio,
        s**2 * (1 + (apa - bpb) / z - ratio**2),
        lambda x: mpf(0) if (x - m) / s <= a else mpf(1) if (x - m) / s >= b else mass(a, (x - m) / s) / z,
    )


# --- discrete ---------------------------------------------------------------------------------------------------------


def clamp(probs):
    return min(max(n(probs), TINY), 1 - EPS)


def bernoulli(probs=None, logits=None):
    if logits is not None:
        l = n(logits)
        return (
            where(up_to(1), lambda x: log_sigmoid(l) if x == 1 else log_sigmoid(-l)),
            sigmoid(l),
            sigmoid(l) * sigmoid(-l),
            None,
        )
    p = clamp(probs)
    return where(up_to(1), lambda x: log(p) if x == 1 else mp.log1p(-p)), n(probs), n(probs) * (1 - n(probs)), None


def log_choose(size, x):
    return lgamma(size + 1) - lgamma(x + 1) - lgamma(size - x + 1)


def binomial(total_count=1, probs=None, logits=None):
    size = n(total_count)
    if logits is not None:
        l = n(logits)
        return (
            where(up_to(size), lambda x: log_choose(size, x) + x * log_sigmoid(l) + (size - x) * log_sigmoid(-l)),
            size * sigmoid(l),
            size * sigmoid(l) * sigmoid(-l),
            None,
        )
    p, given = clamp(probs), n(probs)
    return (
        where(up_to(size), lambda x: log_choose(size, x) + xlogy(x, p) + xlogy(size - x, 1 - p)),
        size * given,
        size * given * (1 - given),
        None,
    )


def beta_binomial(concentration1, concentration0, total_count=1):
    a, b, size = n(concentration1), n(concentration0), n(total_count)
    return (
        where(up_to(size), lambda x: log_choose(size, x) + lbeta(x + a, size - x + b) - lbeta(a, b)),
        size * a / (a + b),
        size * a * b * (a + b + size) / ((a + b) ** 2 * (a + b + 1)),
        None,
    )


def categorical(probs=None, logits=None):
    if logits is not None:
        total = mp.fsum(mp.exp(n(l)) for l in logits)
        table = [n(l) - log(total) for l in logits]
    else:
        table = [log(n(p)) for p in probs]
    return where(up_to(len(table) - 1), lambda x: table[int(x)]), mp.nan, mp.nan, None


def geometric(probs=None, logits=None):
    if logits is not None:
        l = n(logits)
        return (
            where(is_count, lambda x: log_sigmoid(l) + x * log_sigmoid(-l)),
            mp.exp(-l),
            mp.exp(-l) * (1 + mp.exp(-l)),
            None,
        )
    p = n(probs)
    return where(is_count, lambda x: log(p) + xlogy(x, 1 - p)), (1 - p) / p, (1 - p) / p**2, None


def poisson(rate):
    r = n(rate)
    return where(is_count, lambda x: xlogy(x, r) - r - lgamma(x + 1)), r, r, None


def zero_inflated_poisson(gate, rate=1):
    g, r = n(gate), n(rate)
    base = poisson(r)[0]
    return (
        where(is_count, lambda x: log(g + (1 - g) * mp.exp(-r)) if x == 0 else mp.log1p(-g) + base(x)),
        (1 - g) * r,
        (1 - g) * r * (1 + g * r),
        None,
    )


def negative_binomial2(mean, concentration):
    m, c = n(mean), n(concentration)
    return (
        where(
            is_count, lambda x: lgamma(x + c) - lgamma(c) - lgamma(x + 1) + c * log(c / (c + m)) + xlogy(x, m / (c + m))
        ),
        m,
        m + m**2 / c,
        None,
    )


def ordered_logistic(predictor, cutpoints):
    eta, cuts = n(predictor), [-INF] + [n(c) for c in cutpoints] + [INF]

    def density(x):
        lo, hi = cuts[int(x)] - eta, cuts[int(x) + 1] - eta
        if lo > 0:  # upper tail: the same difference, seen from above
            lo, hi = -hi, -lo
        return log(cumulative(hi) - cumulative(lo))

    def cumulative(z):
        return sigmoid(z) if mp.isfinite(z) else mpf(z > 0)

    return where(up_to(len(cutpoints)), density), mp.nan, mp.nan, None


# --- multivariate -----------------------------------------------------------------------------------------------------


def all_finite(x):
    return all(mp.isfinite(v) for v in x)


def multinomial(total_count=1, probs=None, logits=None):
    size = n(total_count)
    if logits is not None:
        total = mp.fsum(mp.exp(n(l)) for l in logits)
        p = [mp.exp(n(l)) / total for l in logits]
    else:
        p = [n(v) for v in probs]

    def density(x):
        if not (all(is_count(v) for v in x) and mp.fsum(x) == size):
            return -INF
        return lgamma(size + 1) + mp.fsum(xlogy(v, q) - lgamma(v + 1) for v, q in zip(x, p))

    return density, [size * q for q in p], [size * q * (1 - q) for q in p], None


def dirichlet(concentration):
    a = [n(v) for v in concentration]
    total = mp.fsum(a)

    def density(x):
        if any(v < 0 for v in x) or abs(mp.fsum(x) - 1) > 1e-6:
            return -INF
        return mp.fsum(xlogy(k - 1, v) - lgamma(k) for k, v in zip(a, x)) + lgamma(total)

    mean = [k / total for k in a]
    return density, mean, [q * (1 - q) / (total + 1) for q in mean], None


def multivariate_normal(loc, covariance_matrix=None, precision_matrix=None, scale_tril=None):
    m = mp.matrix([n(v) for v in loc])
    size = len(loc)
    if covariance_matrix is not None:
        cov = mp.matrix(covariance_matrix)
    elif precision_matrix is not None:
        cov = mp.inverse(mp.matrix(precision_matrix))
    else:
        cov = mp.matrix(scale_tril) * mp.matrix(scale_tril).T

    def density(x):
        if not all_finite(x):
            return -INF
        d = mp.matrix(x) - m
        return -((d.T * mp.inverse(cov) * d)[0] + log(mp.det(cov)) + size * log(2 * mp.pi)) / 2

    return density, list(m), [cov[i, i] for i in range(size)], None


def lkj_cholesky(dimension, concentration=1):
    """Row i of the factor lies in a ball of dimension i-1; each row's integral of (1-r^2)^(eta-1+(d-i)/2) is elementary."""
    d, eta = dimension, n(concentration)
    log_z = mp.fsum(
        mpf(k) / 2 * log(mp.pi) + lgamma(eta + mpf(d - 1 - k) / 2) - lgamma(eta + mpf(d - 1) / 2) for k in range(1, d)
    )

    def density(x):
        rows_are_unit = all(abs(mp.fsum(v * v for v in row) - 1) < 1e-6 for row in x)
        lower = all(x[i][j] == 0 for i in range(d) for j in range(i + 1, d)) and all(x[i][i] > 0 for i in range(d))
        if not (rows_are_unit and lower):
            return -INF
        return mp.fsum((2 * eta - 2 + d - i - 1) * log(x[i][i]) for i in range(1, d)) - log_z

    return density, None, None, None


# --- composite --------------------------------------------------------------------------------------------------------


def delta(v=0, log_density=0, event_dim=0):
    target = [n(e) for e in v] if event_dim else n(v)
    zero = [mpf(0)] * len(v) if event_dim else mpf(0)
    return lambda x: n(log_density) if x == target else -INF, target, zero, None


def improper_uniform(support):
    inside = {"real": real, "positive": positive, "unit_interval": lambda x: 0 <= x <= 1}
    vectors = {
        "ordered_vector": lambda x: all(a < b for a, b in zip(x, x[1:])),
        "positive_ordered_vector": lambda x: x[0] > 0 and all(a < b for a, b in zip(x, x[1:])),
        "simplex": lambda x: all(v >= 0 for v in x) and abs(mp.fsum(x) - 1) < 1e-6,
    }
    if support in vectors:
        return lambda x: mpf(0) if vectors[support](x) else -INF, None, None, None
    return where(inside[support], lambda x: mpf(0)), None, None, None


def mixture_same_family(mixing, component):
    """`component` holds one set of arguments per part."""
    log_w = [categorical(**mixing["args"])[0](mpf(k)) for k in range(len(component["args"]))]
    parts = [FAMILIES[component["distribution"]](**args) for args in component["args"]]
    w = [mp.exp(l) for l in log_w]

    def density(x):
        total = mp.fsum(weight * mp.exp(part[0](x)) for weight, part in zip(w, parts))
        return log(total)

    if isinstance(parts[0][1], list):
        mean = [mp.fsum(a * p[1][i] for a, p in zip(w, parts)) for i in range(len(parts[0][1]))]
        second = [mp.fsum(a * (p[2][i] + p[1][i] ** 2) for a, p in zip(w, parts)) for i in range(len(mean))]
        return density, mean, [s - m * m for s, m in zip(second, mean)], None
    mean = mp.fsum(a * p[1] for a, p in zip(w, parts))
    return density, mean, mp.fsum(a * (p[2] + p[1] ** 2) for a, p in zip(w, parts)) - mean**2, None


def affine(loc, scale):
    return lambda y: (y - n(loc)) / n(scale), lambda x: log(abs(n(scale)))


# name -> maker of (inverse, log |dy/dx| at x); scalar transforms only
TRANSFORMS = {
    "AffineTransform": affine,
    "ExpTransform": lambda: (log, lambda x: x),
    "SigmoidTransform": lambda: (lambda y: log(y) - log(1 - y), lambda x: log_sigmoid(x) + log_sigmoid(-x)),
    "SoftplusTransform": lambda: (lambda y: log(mp.expm1(y)), log_sigmoid),
    "PowerTransform": lambda exponent: (
        lambda y: y ** (1 / n(exponent)),
        lambda x: log(abs(n(exponent) * x ** (n(exponent) - 1))),
    ),
}


def vector_transform(name, y):
    """(x, log |dy/dx|) of a transform of a whole vector."""
    if name == "OrderedTransform":
        x = [y[0]] + [log(b - a) for a, b in zip(y, y[1:])]
        return x, mp.fsum(x[1:])
    if name == "SimplexToOrderedTransform":
        cumulative = [sigmoid(v) for v in y] + [mpf(1)]
        x = [cumulative[0]] + [b - a for a, b in zip(cumulative, cumulative[1:])]
        return x, -mp.fsum(log_sigmoid(v) + log_sigmoid(-v) for v in y)
    raise ValueError(name)


def transformed_distribution(base, transforms):
    args = base["args"]
    law = FAMILIES[base["distribution"]](**args)[0]

    def density(y):
        if isinstance(y, list):
            x, log_jacobian = vector_transform(transforms[0]["transform"], y)
            inner = law(x) if base["distribution"] == "Dirichlet" else mp.fsum(law(v) for v in x)
            return inner - log_jacobian
        total = mpf(0)
        for step in reversed(transforms):
            inverse, log_jacobian = TRANSFORMS[step["transform"]](**step["args"])
            y = inverse(y)
            total += log_jacobian(y)
        return law(y) - total

    return density, None, None, None


def independent(base, reinterpreted_batch_ndims):
    """A vector of draws of one scalar family with vector arguments, summed."""
    size = max(len(v) for v in base["args"].values() if isinstance(v, list))
    parts = [
        FAMILIES[base["distribution"]](**{k: v[i] if isinstance(v, list) else v for k, v in base["args"].items()})
        for i in range(size)
    ]
    return (lambda x: mp.fsum(p[0](v) for p, v in zip(parts, x)), [p[1] for p in parts], [p[2] for p in parts], None)


FAMILIES = {
    "Normal": normal,
    "LogNormal": log_normal,
    "HalfNormal": half_normal,
    "Exponential": exponential,
    "HalfCauchy": half_cauchy,
    "Cauchy": cauchy,
    "Uniform": uniform,
    "Beta": beta,
    "Gamma": gamma,
    "InverseGamma": inverse_gamma,
    "StudentT": student_t,
    "Laplace": laplace,
    "Logistic": logistic,
    "Weibull": weibull,
    "Gumbel": gumbel,
    "TruncatedNormal": truncated_normal,
    "Bernoulli": bernoulli,
    "Binomial": binomial,
    "BetaBinomial": beta_binomial,
    "Categorical": categorical,
    "Multinomial": multinomial,
    "Geometric": geometric,
    "Poisson": poisson,
    "ZeroInflatedPoisson": zero_inflated_poisson,
    "NegativeBinomial2": negative_binomial2,
    "OrderedLogistic": ordered_logistic,
    "Dirichlet": dirichlet,
    "MultivariateNormal": multivariate_normal,
    "LKJCholesky": lkj_cholesky,
    "Delta": delta,
    "ImproperUniform": improper_uniform,
    "MixtureSameFamily": mixture_same_family,
    "TransformedDistribution": transformed_distribution,
    "Independent": independent,
}
