// Elementary functions on packs. Every step is an IEEE operation of fixed order, so that without fused multiply-add
// the bits do not depend on the pack's width. Requires a pack file, coefficients.inl and DOLAB_FMA (0 or 1).

// GCC at -O2 keeps small arrays in memory unless their loops are unrolled; Clang unrolls them unasked.
#if defined(__GNUC__) && !defined(__clang__)
#define DOLAB_UNROLL _Pragma("GCC unroll 16")
#else
#define DOLAB_UNROLL
#endif

#if !DOLAB_FMA
static inline D neg_mul_add(D a, D b, D c) { return c - a * b; }
static inline D mul_sub(D a, D b, D c) { return a * b - c; }
#endif

static constexpr std::uint64_t kSignBit = 0x8000000000000000u;
static constexpr double kInfinity = __builtin_inf();
static constexpr double kNaN = __builtin_nan("");
static constexpr double kLog2E = 0x1.71547652b82fep+0;
static constexpr double kMinNormal = 0x1p-1022;
static constexpr double kMagic = 0x1.8p52;  // x + kMagic holds x rounded to an integer in its low bits

static inline D operator-(D a) { return negate(a); }
static inline M operator>(D a, D b) { return b < a; }
static inline M operator>=(D a, D b) { return b <= a; }
static inline D abs(D a) { return from_bits(bits(a) & set_bits(~kSignBit)); }
static inline I sign_of(D a) { return bits(a) & set_bits(kSignBit); }
static inline D flip(D a, I sign) { return from_bits(bits(a) ^ sign); }
static inline M is_negative(D a) { return ~is_zero(bits(a) & set_bits(kSignBit)); }  // also -0
static inline std::uint64_t bits_of(double x) {
  std::uint64_t b;
  __builtin_memcpy(&b, &x, sizeof b);
  return b;
}
static inline double double_of(std::uint64_t b) {
  double x;
  __builtin_memcpy(&x, &b, sizeof x);
  return x;
}
static inline M is_nan(D a) { return a != a; }

/// Polynomial c[first] + ... + c[first + count - 1] x^(count-1) by halving (short dependency chains); powers[i] =
/// x^(2^i).
template <int first, int count, int size>
static inline D poly_part(const D* powers, const double (&c)[size]) {
  if constexpr (count == 1) {
    return set(c[first]);
  } else if constexpr (count == 2) {
    return mul_add(set(c[first + 1]), powers[0], set(c[first]));
  } else {
    constexpr int level = count > 16 ? 4 : count > 8 ? 3 : count > 4 ? 2 : 1;
    constexpr int half = 1 << level;
    return mul_add(poly_part<first + half, count - half>(powers, c), powers[level], poly_part<first, half>(powers, c));
  }
}
template <int first = 0, int size>
static inline D poly(D x, const double (&c)[size]) {
  constexpr int count = size - first;
  D powers[5];
  powers[0] = x;
  if constexpr (count > 2) powers[1] = x * x;
  if constexpr (count > 4) powers[2] = powers[1] * powers[1];
  if constexpr (count > 8) powers[3] = powers[2] * powers[2];
  if constexpr (count > 16) powers[4] = powers[3] * powers[3];
  return poly_part<first, count>(powers, c);
}

// Error-free transformations (Dekker 1971, Knuth TAOCP 2): high part is the rounded result, low part its error.
struct Pair {
  D high;
  D low;
};
static inline Pair fast_two_sum(D a, D b) {  // |a| >= |b| or a == 0
  const D s = a + b;
  return {s, b - (s - a)};
}
static inline Pair two_sum(D a, D b) {
  const D s = a + b;
  const D t = s - a;
  return {s, (a - (s - t)) + (b - t)};
}
static inline Pair two_prod(D a, D b) {
  const D p = a * b;
#if DOLAB_FMA
  return {p, mul_sub(a, b, p)};
#else
  const D split = set(0x1p27 + 1);
  const D ta = a * split, tb = b * split;
  const D ah = ta - (ta - a), bh = tb - (tb - b);
  const D al = a - ah, bl = b - bh;
  return {p, ((ah * bh - p) + ah * bl + al * bh) + al * bl};
#endif
}

/// y * 2^k, correctly rounded also where the result is subnormal; t = k + kMagic, |k| <= 2000, y near 1.
static inline D scale_wide(D y, D t) {
  const I k = bits(t) - set_bits(0x4338000000000000u - 2048);  // k + 2048 > 0
  const I half = shift_right<1>(k);
  const D first = from_bits(shift_left<52>(half - set_bits(1)));
  const D second = from_bits(shift_left<52>(k - half - set_bits(1)));
  return (y * first) * second;
}
static inline D scale(D y, D t) { return from_bits(bits(y) + shift_left<52>(bits(t))); }  // normal results only
static inline D power_of_two(D t) { return from_bits(shift_left<52>(bits(t) + set_bits(1023))); }

/// exp(x + low) = (1 + v) 2^k with t = k + kMagic; |low| small against 1. Returns v.
static inline D exp_reduced(D x, D low, D& t) {
  t = mul_add(x, set(kLog2E), set(kMagic));
  const D k = t - set(kMagic);
  D r = neg_mul_add(k, set(kLn2_hi), x);
  r = r - mul_sub(k, set(kLn2_lo), low);
  return mul_add(r * r, poly(r, kExpPoly), r);
}
/// exp(x + low) 2^-halvings for any x.
static inline D exp_wide(D x, D low, double halvings = 0) {
  const D clamped = min(set(720), max(set(-760), x));
  const M inside = clamped == x;
  D t;
  const D v = exp_reduced(clamped, blend(inside, low, set(0)), t);
  return scale_wide(set(1) + v, t - set(halvings));
}
static inline D exp(D x, D low) {
  if (__builtin_expect(!all(abs(x) < set(708)), 0)) return exp_wide(x, low);
  D t;
  const D v = exp_reduced(x, low, t);
  return scale(set(1) + v, t);
}
static inline D exp(D x) { return exp(x, set(0)); }
/// exp(x + low) (w.high + w.low), -800 <= x <= 0, 0.01 < w < 2, with one rounding less than the product.
static inline D exp_times(D x, D low, Pair w) {
  D t;
  const D v = exp_reduced(x, low, t);
  const D y = w.high + mul_add(w.high, v, w.low);
  return __builtin_expect(all(x > set(-690)), 1) ? scale(y, t) : scale_wide(y, t);
}

/// (exp(x) - 1) / 2 = high + low, |x| <= 710; NaN stays. Compensated, so that the sum is good to 0.6 ulp.
static inline Pair half_expm1(D x) {
  const D t = mul_add(x, set(kLog2E), set(kMagic));
  const D k = t - set(kMagic);
  const D a = neg_mul_add(k, set(kLn2_hi), x);
  const D b = k * set(kLn2_lo);
  const D r = a - b;
  const D r_low = (a - r) - b;
  const D q = (r * r) * poly(r, kExpPoly);
  const D half_power = power_of_two(t - set(1));
  const Pair s = fast_two_sum(half_power - set(0.5), half_power * r);
  return {s.high, mul_add(half_power, q + mul_add(r, r_low, r_low), s.low)};
}
static inline D expm1(D x) {
  const D clamped = min(set(709.9), max(set(-45), x));
  const Pair h = half_expm1(clamped);
  const D y = (h.high + h.low) * set(2);
  return blend(abs(x) < set(1e-300), x, y);
}

/// x = m 2^k for normal positive x, m in [sqrt(1/2), sqrt(2)); exponent = (k + 1024), shifted nowhere.
static inline D split_exponent(D x, D& k, I& exponent) {
  const I sqrt_half = set_bits(0x3fe6a09e667f3bcdu);
  exponent = shift_right<52>((bits(x) - sqrt_half) + set_bits(std::uint64_t{1024} << 52));
  const D m = from_bits(bits(x) - shift_left<52>(exponent) + set_bits(std::uint64_t{1024} << 52));
  k = from_bits(exponent | set_bits(0x4330000000000000u)) - set(0x1p52 + 1024);
  return m;
}
/// log(1 + f) + k log 2 + low, -0.2929 <= f <= 0.4143 (the arrangement is that of Sun's fdlibm).
static inline D log_assemble(D f, D k, D low) {
  const D s = f / (set(2) + f);
  const D z = s * s;
  const D half_square = (set(0.5) * f) * f;
  const D tail = s * mul_add(z, poly(z, kLogPoly), half_square) + mul_add(k, set(kLn2_lo), low);
  return mul_sub(k, set(kLn2_hi), (half_square - tail) - f);
}
static inline D log_fix(D x, D y) {
  y = blend(x == set(kInfinity), x, y);
  y = blend(x == set(0), set(-kInfinity), y);
  return blend(x >= set(0), y, blend(is_nan(x), x, set(kNaN)));
}
static inline D log(D x) {
  D k;
  I exponent;
  const M normal = (x >= set(kMinNormal)) & (x < set(kInfinity));
  if (__builtin_expect(!all(normal), 0)) {
    const M small = x < set(kMinNormal);
    const D m = split_exponent(blend(small, x * set(0x1p54), x), k, exponent);
    return log_fix(x, log_assemble(m - set(1), k - blend(small, set(54), set(0)), set(0)));
  }
  const D m = split_exponent(x, k, exponent);
  return log_assemble(m - set(1), k, set(0));
}
static inline D log1p(D x) {
  const D u = set(1) + x;
  const D t = u - set(1);
  const D error = (set(1) - (u - t)) + (x - t);
  D k;
  I exponent;
  const D m = split_exponent(u, k, exponent);
  const M near_one = k == set(0);
  // error / u to 1% is enough: it is below half an ulp of u. 2^(1-k) / (2 m) with 1 / (2 m) near 1.5 - 1.455 m + 0.457
  // m^2.
  const D inverse_power = from_bits(shift_left<52>(set_bits(1024 + 1024) - exponent));
  const D inverse = mul_add(mul_add(set(0.45712), m, set(-1.454545)), m, set(1.499925));
  const D low = blend(near_one, set(0), (error * inverse_power) * inverse);
  D y = log_assemble(blend(near_one, x, m - set(1)), k, low);
  if (__builtin_expect(!all((x > set(-1)) & (x < set(kInfinity))), 0)) y = log_fix(u, y);
  return blend(x == set(0), x, y);
}

/// log(1 + e), 0 <= e <= 1: the exponent is 0 or 1. e - 1 is inexact only below 1/2, where 1 / (1 + e) is near 0.685.
static inline D log1p_unit(D e) {
  const M upper = e >= set(0.41421356237309503);
  const D d = e - set(1);
  const D lost = e - (d + set(1));
  return log_assemble(blend(upper, set(0.5) * d, e), blend(upper, set(1), set(0)),
                      blend(upper, set(0.685) * lost, set(0)));
}
static inline D log1p_exp_neg_abs(D x) { return log1p_unit(exp(-abs(x))); }
static inline D softplus(D x) { return max(set(0), x) + log1p_exp_neg_abs(x); }
static inline D log_sigmoid(D x) { return min(set(0), x) - log1p_exp_neg_abs(x); }
/// 1 / (1 + exp(-x)) from exp(-|x|), with the rounding error of the denominator fed back.
static inline D sigmoid(D x) {
  const D e = exp(-abs(x));
  const D d = set(1) + e;
  const D d_low = e - (d - set(1));
  const M positive = x >= set(0);
  const D q = blend(positive, set(1), e) / d;
  const D inverse = blend(positive, q, set(1) - q);
  return neg_mul_add(q * d_low, inverse, q);
}
/// h / (h + 1) with h = (exp(2 |x|) - 1) / 2; 1 / (h + 1) = 1 - quotient corrects the quotient.
static inline D tanh(D x) {
  const Pair h = half_expm1(min(set(44), set(2) * abs(x)));
  const D high = h.high + h.low;
  const D low = (h.high - high) + h.low;
  const Pair d = two_sum(set(1), high);
  const D q = high / d.high;
  const D y = mul_add(low - q * (d.low + low), set(1) - q, q);
  return blend(abs(x) < set(1e-300), x, flip(y, sign_of(x)));
}
static inline D sinh(D x) {
  const D a = abs(x);
  const Pair p = half_expm1(min(set(709), a));
  const D h = p.high + p.low;
  D y = h + h / mul_add(set(2), h, set(1));
  if (__builtin_expect(any(a > set(30)), 0)) y = blend(a > set(30), exp_wide(a, set(0), 1), y);
  return blend(a < set(1e-300), x, flip(y, sign_of(x)));
}
static inline D cosh(D x) {
  const D half = exp_wide(abs(x), set(0), 1);
  return half + set(0.25) / half;
}
/// log(1 - exp(-x)), x > 0 (Maechler 2012: switch at log 2).
static inline D log1mexp(D x) {
  const M small = x < set(kLn2_hi);
  const D inner = blend(small, -expm1(-x), exp(-x));
  D y = set(0);
  if (any(small)) y = log(blend(small, inner, set(1)));
  if (!all(small)) y = blend(small, y, log1p(-blend(small, set(0), inner)));
  return y;
}
static inline D logaddexp(D a, D b) {
  const D d = a - b;
  const D high = max(a, b);
  const D y = high + log1p_exp_neg_abs(blend(a == b, set(0), d));
  return blend(is_nan(a), a, blend(is_nan(b), b, blend(abs(high) == set(kInfinity), high, y)));
}
static inline D xlogy(D x, D y) {
  const M zero = (x == set(0)) & ~is_nan(y);
  return blend(zero, set(0), x * log(blend(zero, set(1), y)));
}
static inline D xlog1py(D x, D y) {
  const M zero = (x == set(0)) & ~is_nan(y);
  return blend(zero, set(0), x * log1p(blend(zero, set(0), y)));
}
