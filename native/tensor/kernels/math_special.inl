// Error functions, normal quantile, gamma functions. Included after math_trig.inl.

/// exp(a^2) erfc(a) for a >= 0 up to infinity, in two parts. The argument of the polynomial is a quotient whose error
/// is fed back (1 / (a + 4) = (1 - t) / 8), the last addition and the last division are compensated.
static inline Pair erfcx_positive(D a) {
  const D b = min(set(1e290), a);
  const Pair n = two_sum(b, set(-4)), d = two_sum(b, set(4));
  D t = n.high / d.high;
  Pair p = two_prod(t, d.high);
  const D rest = ((n.high - p.high) - p.low) + (n.low - t * d.low);
  t = mul_add(rest, set(0.125) - set(0.125) * t, t);
  const Pair g = fast_two_sum(set(kErfcxPoly[0]), t * poly<1>(t, kErfcxPoly));
  const Pair e = two_sum(set(1), set(2) * b);
  const D inverse = set(1) / e.high;
  p = two_prod(e.high, inverse);
  const D inverse_error = ((set(1) - p.high) - p.low) - e.low * inverse;
  p = two_prod(g.high, inverse);
  return {p.high, p.low + mul_add(p.high, inverse_error, g.low * inverse)};
}
/// exp(-scale a^2) (w.high + w.low) for 0 <= a; the square in two parts.
static inline D exp_neg_square_times(D a, double scale, Pair w) {
  const Pair square = two_prod(a, a);
  return exp_times(square.high * set(-scale), square.low * set(-scale), w);
}
static inline D erfc_positive(D a) {
  const D b = min(set(28), a);
  return exp_neg_square_times(b, 1, erfcx_positive(b));
}
/// |x| < 1.
static inline D erf_small(D x) { return mul_add(x, poly(x * x, kErfPoly), x); }
static inline D erf(D x) {
  const M small = abs(x) < set(1);
  D y = erf_small(blend(small, x, set(0)));
  if (!all(small)) y = blend(small, y, flip(set(1) - erfc_positive(abs(x)), sign_of(x)));
  return blend(x == set(0), x, y);
}
static inline D erfc(D x) {
  const M small = abs(x) < set(0.5);
  D y = set(1) - erf_small(blend(small, x, set(0)));
  if (!all(small)) {
    const D upper = erfc_positive(abs(x));
    y = blend(small, y, blend(x < set(0), set(2) - upper, upper));
  }
  return y;
}
/// log of the normal distribution function. x < -0.7: -x^2/2 + log(erfcx(-x/sqrt2)/2), terms of one sign; above:
/// log1p(-Q) with Q = 1/2 - erf(x/sqrt2)/2 up to 0.7, then exp(-x^2/2) erfcx(x/sqrt2) / 2.
static inline D log_ndtr(D x) {
  const D a = abs(x);
  const D scaled = x * set(0x1.6a09e667f3bcdp-1);
  const M small = a <= set(0.7);
  const M lower = x < set(-0.7);
  const D q_small = set(0.5) - set(0.5) * erf_small(blend(small, scaled, set(0)));
  if (all(small)) return log1p(-q_small);
  const Pair erfcx = erfcx_positive(abs(scaled));
  D y = set(0);
  if (!all(lower)) {
    const M upper = x > set(0.7);
    const D q = set(0.5) * exp_neg_square_times(blend(upper, min(set(40), a), set(0)), 0.5, erfcx);
    y = log1p(-blend(small, q_small, q));
  }
  const M above = x >= set(-0.7);
  if (!all(above)) y = blend(above, y, log(blend(above, set(1), set(0.5) * erfcx.high)) - (set(0.5) * a) * a);
  return y;
}

// Wichura 1988, algorithm AS 241 (PPND16), relative error about 1e-16.
static constexpr double kQuantileCentre[2][8] = {
    {3.3871328727963666080e0, 1.3314166789178437745e+2, 1.9715909503065514427e+3, 1.3731693765509461125e+4,
     4.5921953931549871457e+4, 6.7265770927008700853e+4, 3.3430575583588128105e+4, 2.5090809287301226727e+3},
    {1.0, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3, 2.1213794301586595867e+4,
     3.9307895800092710610e+4, 2.8729085735721942674e+4, 5.2264952788528545610e+3}};
static constexpr double kQuantileTail[2][8] = {
    {1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
     1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4},
    {1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1, 1.48103976427480074590e-1,
     1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9}};
static constexpr double kQuantileFar[2][8] = {
    {6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
     2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7},
    {1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2, 7.86869131145613259100e-4,
     1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15}};

struct Fraction {
  D numerator;
  D denominator;
};
static inline M quantile_is_central(D q) { return abs(q) <= set(0.425); }
static inline Fraction quantile_centre(D q) {
  const D z = neg_mul_add(q, q, set(0.180625));
  return {q * poly(z, kQuantileCentre[0]), poly(z, kQuantileCentre[1])};
}
/// Magnitude from tail = min(p, 1 - p) <= 0.075.
static inline Fraction quantile_tail(D tail) {
  const D r = sqrt(-log(tail));
  D z = r - set(1.6);
  Fraction f{poly(z, kQuantileTail[0]), poly(z, kQuantileTail[1])};
  const M far = r > set(5);
  if (__builtin_expect(any(far), 0)) {
    z = r - set(5);
    f.numerator = blend(far, poly(z, kQuantileFar[0]), f.numerator);
    f.denominator = blend(far, poly(z, kQuantileFar[1]), f.denominator);
  }
  return f;
}
/// Quantile from q = p - 1/2 and tail = min(p, 1 - p).
static inline D quantile(D q, D tail) {
  const M centre = quantile_is_central(q);
  Fraction f = quantile_centre(q);
  if (!all(centre)) {
    const Fraction outer = quantile_tail(blend(centre, set(0.0625), tail));
    f.numerator = blend(centre, f.numerator, flip(outer.numerator, sign_of(q)));
    f.denominator = blend(centre, f.denominator, outer.denominator);
  }
  const D y = f.numerator / f.denominator;
  return __builtin_expect(any(tail == set(0)), 0) ? blend(tail == set(0), flip(set(kInfinity), sign_of(q)), y) : y;
}
static inline D ndtri(D p) { return quantile(p - set(0.5), blend(p < set(0.5), p, set(1) - p)); }
static inline D erfinv(D x) {
  const D y = quantile(set(0.5) * x, set(0.5) - set(0.5) * abs(x)) * set(0x1.6a09e667f3bcdp-1);
  return blend(abs(x) < set(1e-300), x * set(0x1.c5bf891b4ef6ap-1), y);  // sqrt(pi) / 2; zero keeps its sign
}

/// sin(pi x), cos(pi x) to relative accuracy; the period is removed exactly.
static inline Reduced reduce_turns(D x) {
  const D doubled = set(2) * x;
  const D n = round(doubled);
  const D f = set(0.5) * (doubled - n);
  const Pair p = two_prod(f, set(kPi_hi));
  const D low = mul_add(f, set(kPi_lo), p.low);
  const D quarter = n - set(4) * floor(set(0.25) * n);
  return {p.high, low, bits(quarter + set(kMagic))};
}
static inline D abs_sin_pi(D x) {
  const Reduced r = reduce_turns(x);
  return abs(blend(odd_quadrant(r), cos_kernel(r), sin_kernel(r)));
}

static constexpr double kStirlingConstant = 0x1.acfe390c97d68p-2;  // (log(2 pi) - 1) / 2

/// log Gamma for x > 0. [0.9, 2.2]: (x-1)(x-2) P; below: one step of the recurrence; (2.2, 8): steps down; above:
/// Stirling.
static inline D lgamma_positive(D x) {
  const M low = x < set(0.9);
  const M large = x >= set(8);
  D product = blend(low, x, set(1));
  D u = blend(low, x + set(1), blend(large, set(1.5), x));
  D below = u - set(1);  // u - 1 without rounding where it matters
  below = blend(low, x, below);
  if (any(u > set(2.2))) {
    for (int i = 0; i < 6; ++i) {
      const M step = u > set(2.2);
      below = blend(step, u - set(2), below);
      u = blend(step, u - set(1), u);
      product = blend(step, product * u, product);
    }
  }
  const D l = log(blend(large, blend(x < set(kInfinity), x, set(1)), product));
  const D centre = (below * (below - set(1))) * poly(below - set(0.5), kLgammaPoly);
  D y = centre + flip(l, bits(blend(low, set(-0.0), set(0))));
  if (any(large)) {
    const D inverse = set(1) / x;
    const D tail = mul_add(inverse, poly(blend(large, inverse * inverse, set(0)), kLgammaTail), set(kStirlingConstant));
    const D stirling = mul_add(x - set(0.5), l - set(1), tail);
    y = blend(large, blend(x < set(kInfinity), stirling, x), y);
  }
  return y;
}
static inline D lgamma(D x) {
  const M negative = x <= set(0);
  if (__builtin_expect(!any(negative), 1)) return lgamma_positive(x);
  // log Gamma(x) = log(pi / |x sin(pi x)|) - log Gamma(-x)
  const D a = blend(negative, -x, x);
  const M pole = negative & ((floor(x) == x));
  const D safe = blend(negative & ~pole, a, set(0.5));
  const D plain = lgamma_positive(blend(pole, set(1), blend(negative & (a < set(0x1p-60)), set(1), a)));
  const M tiny = negative & (a < set(0x1p-60));
  const D reflected = log(set(kPi_hi) / (blend(tiny, set(1), safe) * abs_sin_pi(blend(tiny, set(0.5), safe)))) - plain;
  D y = blend(negative, blend(tiny & ~pole, -log(safe), reflected), plain);
  return blend(pole, set(kInfinity), y);
}

/// psi for x > 0; the same intervals as lgamma_positive, the recurrence as one fraction.
static inline D digamma_positive(D x) {
  const M low = x < set(1);
  const M large = x >= set(8);
  D u = blend(large, set(1.5), x);
  D numerator = set(0), denominator = set(1);
  if (any(u > set(2))) {
    for (int i = 0; i < 6; ++i) {
      const M step = u > set(2);
      u = blend(step, u - set(1), u);
      numerator = blend(step, mul_add(numerator, u, denominator), numerator);
      denominator = blend(step, denominator * u, denominator);
    }
  }
  // (0, 1): psi(x) = psi(x + 1) - 1 / x
  numerator = blend(low, set(-1), numerator);
  denominator = blend(low, x, denominator);
  const D v = blend(low, x - set(0.5), u - set(1.5));  // distance from 3/2 of the argument in [1, 2]
  const D from_zero = (v - set(kDigammaZero_hi - 1.5)) - set(kDigammaZero_lo);
  D y = mul_add(from_zero, poly(v, kDigammaPoly), numerator / denominator);
  if (any(large)) {
    const D safe = blend(large & (x < set(kInfinity)), x, set(8));
    const D inverse = set(1) / safe;
    const D z = inverse * inverse;
    const D tail = mul_add(z, poly(z, kDigammaTail), set(0.5) * inverse);
    y = blend(large, blend(x < set(kInfinity), log(safe) - tail, x), y);
  }
  return y;
}
static inline D digamma(D x) {
  const M negative = x < set(0);
  if (__builtin_expect(!any(negative | (x == set(0))), 1)) return digamma_positive(x);
  // psi(x) = psi(1 - x) - pi cot(pi x) = psi(-x) - 1 / x - pi cot(pi x)
  const M pole = (x <= set(0)) & (floor(x) == x);
  const D safe = blend(negative & ~pole, x, set(-0.5));
  const Reduced r = reduce_turns(safe);
  const D s = sin_kernel(r), c = cos_kernel(r);
  const M odd = odd_quadrant(r);
  const D cotangent = blend(odd, -s, c) / blend(odd, c, s);
  const D positive = digamma_positive(blend(negative, set(1) - safe, blend(pole, set(1), x)));
  const D y = blend(negative, positive - set(kPi_hi) * cotangent, positive);
  return blend(pole, blend(x == set(0), flip(set(-kInfinity), sign_of(x)), set(kNaN)), y);
}

/// psi' for x > 0: 1 / x^2, then steps up to x >= 8 as one fraction, then the asymptotic series; all terms positive.
static inline D trigamma_positive(D x) {
  D u = x;
  D numerator = set(0), denominator = set(1);
  const D first = blend(x < set(8), set(1) / (x * x), set(0));
  u = blend(x < set(8), u + set(1), u);
  if (any(u < set(8))) {
    for (int i = 0; i < 7; ++i) {
      const M step = u < set(8);
      const D square = u * u;
      numerator = blend(step, mul_add(numerator, square, denominator), numerator);
      denominator = blend(step, denominator * square, denominator);
      u = blend(step, u + set(1), u);
    }
  }
  const D inverse = set(1) / u;
  const D z = inverse * inverse;
  const D tail = mul_add(z * inverse, poly(min(set(1.0 / 64), z), kTrigammaTail), mul_add(set(0.5), z, inverse));
  return (tail + numerator / denominator) + first;
}
static inline D trigamma(D x) {
  const M negative = x < set(0);
  if (__builtin_expect(!any(negative), 1)) return trigamma_positive(x);
  // psi'(x) = (pi / sin(pi x))^2 - psi'(1 - x)
  const M pole = negative & (floor(x) == x);
  const D safe = blend(negative & ~pole, x, set(-0.5));
  const D s = set(kPi_hi) / abs_sin_pi(safe);
  const D positive = trigamma_positive(blend(negative, set(1) - safe, x));
  return blend(pole, set(kInfinity), blend(negative, s * s - positive, positive));
}
