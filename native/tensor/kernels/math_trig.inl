// Circular functions and their inverses, power, Python's modulo. Included after math_core.inl.

/// x - n pi / 2 = high + low with |high| <= pi / 4; quadrant = n modulo 4 in the low bits.
struct Reduced {
  D high;
  D low;
  I quadrant;
};

/// Payne and Hanek 1983 for one |x| >= 2^19: product of the mantissa and 192 bits of 2 / pi, all in integers.
static inline int reduce_large(double x, double& high, double& low) {
  __extension__ using Wide = unsigned __int128;
  const std::uint64_t pattern = bits_of(x);
  const int biased = static_cast<int>(pattern >> 52 & 0x7ff);
  if (biased == 0x7ff) {
    high = low = kNaN;
    return 0;
  }
  const std::uint64_t mantissa = (pattern & ((std::uint64_t{1} << 52) - 1)) | std::uint64_t{1} << 52;
  const int offset = biased - 1075 - 2;  // bits of 2 / pi that contribute multiples of 4
  std::uint64_t window[3];
  for (int i = 0; i < 3; ++i) {
    const int at = offset + 64 * i + 64;  // >= 0; words are preceded by one word of zeros
    const int word = at / 64, shift = at % 64;
    const std::uint64_t first = word == 0 ? 0 : kTwoOverPi[word - 1];
    window[i] = shift == 0 ? first : first << shift | kTwoOverPi[word] >> (64 - shift);
  }
  const Wide p2 = static_cast<Wide>(mantissa) * window[2];
  const Wide p1 = static_cast<Wide>(mantissa) * window[1] + static_cast<std::uint64_t>(p2 >> 64);
  std::uint64_t top = mantissa * window[0] + static_cast<std::uint64_t>(p1 >> 64);
  std::uint64_t middle = static_cast<std::uint64_t>(p1), bottom = static_cast<std::uint64_t>(p2);
  int quadrant = static_cast<int>(top >> 62);
  top = top << 2 | middle >> 62;  // now a fraction of a quarter turn
  middle = middle << 2 | bottom >> 62;
  bool negative = false;
  if (top >> 63 != 0) {  // beyond one half: measure back from the next quarter
    ++quadrant;
    negative = true;
    middle = ~middle + 1;
    top = ~top + (middle == 0 ? 1 : 0);
  }
  const int zeros = __builtin_clzll(top);  // no double is nearer than 2^-62 to a multiple of pi / 2
  if (zeros > 0) {
    top = top << zeros | middle >> (64 - zeros);
    middle <<= zeros;
  }
  const double unit = double_of(static_cast<std::uint64_t>(1023 - 64 - zeros) << 52);
  const double f_high = static_cast<double>(top >> 11) * 0x1p11 * unit;
  const double f_low = (static_cast<double>(top & 0x7ff) + static_cast<double>(middle >> 11) * 0x1p-53) * unit;
  // (f_high + f_low) pi / 2 with pi / 2 split so that the products of the upper parts are exact.
  const double a = double_of(bits_of(f_high) & 0xfffffffff8000000u), b = f_high - a;
  const double c = kHalfPiParts[0];
  const double exact = a * 0x1.921fbp+0;
  const double rest =
      ((a * (c - 0x1.921fbp+0) + b * c) + f_high * (kHalfPiParts[1] + kHalfPiParts[2])) + f_low * kHalfPi_hi;
  high = exact + rest;
  low = rest - (high - exact);
  const bool flipped = negative != (pattern >> 63 != 0);
  if (flipped) {
    high = -high;
    low = -low;
  }
  return pattern >> 63 != 0 ? -quadrant : quadrant;
}

static inline Reduced reduce_quadrant(D x) {
  const M near = abs(x) < set(1e6);
  const D small = blend(near, x, set(0));
  const D t = mul_add(small, set(0x1.45f306dc9c883p-1), set(kMagic));
  const D n = t - set(kMagic);
  const D a = neg_mul_add(n, set(kHalfPiParts[0]), small);  // exact
  const Pair b = two_sum(a, -(n * set(kHalfPiParts[1])));
  const Pair c = two_sum(b.high, -(n * set(kHalfPiParts[2])));
  const D rest = neg_mul_add(n, set(kHalfPiParts[3]), b.low + c.low);
  const Pair r = fast_two_sum(c.high, rest);
  Reduced out{r.high, r.low, bits(t)};
  if (__builtin_expect(!all(near), 0)) {
    double value[kWidth], high[kWidth], low[kWidth], quadrant[kWidth];
    store(value, x);
    store(high, out.high);
    store(low, out.low);
    for (int i = 0; i < kWidth; ++i) {
      quadrant[i] = kMagic;
      if (!(__builtin_fabs(value[i]) < 1e6)) quadrant[i] = kMagic + reduce_large(value[i], high[i], low[i]);
    }
    out = {load(high), load(low), blend(near, bits(t), bits(load(quadrant)))};
  }
  return out;
}

static inline D sin_kernel(const Reduced& r) {
  const D z = r.high * r.high;
  return r.high + mul_add(z * r.high, poly(z, kSinPoly), neg_mul_add(r.low, set(0.5) * z, r.low));
}
static inline D cos_kernel(const Reduced& r) {
  const D z = r.high * r.high;
  const D half = set(0.5) * z;
  const D w = set(1) - half;
  return w + (((set(1) - w) - half) + mul_sub(z * z, poly(z, kCosPoly), r.high * r.low));
}
static inline M odd_quadrant(const Reduced& r) { return ~is_zero(r.quadrant & set_bits(1)); }
static inline D sin(D x) {
  const Reduced r = reduce_quadrant(x);
  const D y = blend(odd_quadrant(r), cos_kernel(r), sin_kernel(r));
  return blend(x == set(0), x, flip(y, shift_left<62>(r.quadrant) & set_bits(kSignBit)));
}
static inline D cos(D x) {
  Reduced r = reduce_quadrant(x);
  const D y = blend(odd_quadrant(r), sin_kernel(r), cos_kernel(r));
  return flip(y, shift_left<62>(r.quadrant + set_bits(1)) & set_bits(kSignBit));
}
static inline D tan(D x) {
  const Reduced r = reduce_quadrant(x);
  const D s = sin_kernel(r), c = cos_kernel(r);
  const M odd = odd_quadrant(r);
  const D y = blend(odd, c, s) / blend(odd, -s, c);
  return blend(x == set(0), x, y);
}

/// Angle of (x, y), y >= 0: pi / 4 and pi / 2 enter as two parts, one division in all.
static inline D angle_upper(D y, D x) {
  const D a = abs(x);
  const M swap = y > a;
  const D low = blend(swap, a, y), high = blend(swap, y, a);
  const M middle = low > high * set(0.41421356237309503);
  const D t = blend(middle, low - high, low) / blend(middle, low + high, high);
  const D z = t * t;
  // angle = base +- atan(t): base 0, pi/4, pi/2 measured from the x axis, then mirrored when x < 0
  const M left = is_negative(x);
  const I sign = bits(blend(swap ^ left, set(-0.0), set(0)));
  D base = blend(middle, set(kQuarterPi_hi), blend(swap, set(kHalfPi_hi), set(0)));
  D base_low = blend(middle, set(kQuarterPi_lo), blend(swap, set(kHalfPi_lo), set(0)));
  if (any(left)) {
    base = blend(left, blend(middle, set(kThreeQuarterPi_hi), blend(swap, base, set(kPi_hi))), base);
    base_low = blend(left, blend(middle, set(kThreeQuarterPi_lo), blend(swap, base_low, set(kPi_lo))), base_low);
  }
  return base + (flip(t, sign) + (flip(t * z * poly(z, kAtanPoly), sign) + base_low));
}
static inline D arctan(D x) {
  const D y = angle_upper(abs(x), set(1));
  return flip(y, sign_of(x));
}
static inline D arctan2(D y, D x) {
  D a = abs(y), b = abs(x);
  const M both_infinite = (a == set(kInfinity)) & (b == set(kInfinity));
  const M both_zero = (a == set(0)) & (b == set(0));
  const D factor = blend((a > set(0x1p500)) | (b > set(0x1p500)), set(0x1p-100), set(0x1p100));
  a = blend(both_infinite, set(1), a * factor);
  b = blend(both_infinite | both_zero, set(1), b * factor);
  D angle = angle_upper(a, flip(b, sign_of(x)));
  angle = blend(is_nan(x), x, blend(is_nan(y), y, angle));
  return flip(angle, sign_of(y));
}
/// asin of |x| as base - 2 (s + s z P(z)) with s = sqrt((1 - |x|) / 2) above 1/2.
static inline D arcsin(D x) {
  const D a = abs(x);
  const M big = a > set(0.5);
  const D z = blend(big, set(0.5) - set(0.5) * a, a * a);
  const D s = blend(big, sqrt(z), a);
  const D p = s * (z * poly(z, kAsinPoly));
  const D upper = set(kHalfPi_hi) - (set(2) * s + (set(2) * p - set(kHalfPi_lo)));
  return blend(x == set(0), x, flip(blend(big, upper, s + p), sign_of(x)));
}
static inline D arccos(D x) {
  const D a = abs(x);
  const M big = a > set(0.5);
  const D z = blend(big, set(0.5) - set(0.5) * a, a * a);
  const D s = blend(big, sqrt(z), x);
  const D p = s * (z * poly(z, kAsinPoly));
  const D right = set(2) * (s + p);
  const D left = set(kPi_hi) - (right - set(kPi_lo));
  return blend(big, blend(x > set(0), right, left), set(kHalfPi_hi) - (s + (p - set(kHalfPi_lo))));
}

/// log x in two parts, relative error about 2^-64, for normal positive x; the series is 2 atanh(f / (2 + f)).
static inline Pair log_pair(D x) {
  D k;
  I exponent;
  const D f = split_exponent(x, k, exponent) - set(1);
  const Pair d = fast_two_sum(set(2), f);
  const D s = f / d.high;
  const Pair sd = two_prod(s, d.high);
  const D s_low = (((f - sd.high) - sd.low) - s * d.low) * (set(0.5) - set(0.5) * s);  // 1 / (2 + f) = (1 - s) / 2
  const Pair z = two_prod(s, s);
  const D z_low = mul_add(set(2) * s, s_low, z.low);
  const D q = poly(z.high, kLogPairPoly);
  const Pair third = fast_two_sum(set(0x1.5555555555555p-2), mul_add(z.high, q, set(0x1.5555555555555p-56)));
  const Pair w = two_prod(z.high, third.high);
  const D w_low = mul_add(z.high, third.low, mul_add(z_low, third.high, w.low));
  const Pair sw = two_prod(s, w.high);
  const D sw_low = mul_add(s, w_low, mul_add(s_low, w.high, sw.low));
  const Pair half = fast_two_sum(s, sw.high);
  const D half_low = half.low + (sw_low + s_low);
  const Pair total = fast_two_sum(k * set(kLn2_hi), set(2) * half.high);
  return fast_two_sum(total.high, total.low + mul_add(set(2), half_low, k * set(kLn2_lo)));
}
/// IEEE pow: 0^0 = 1, negative base only with integer exponents.
static inline D power(D x, D y) {
  const D a = abs(x);
  const M tiny = a < set(kMinNormal);
  const M ordinary = (a > set(0)) & (a < set(kInfinity));
  const D base = blend(ordinary, blend(tiny, a * set(0x1p54), a), set(1));
  Pair l = log_pair(base);
  if (__builtin_expect(any(tiny), 0)) {
    const D shift = blend(tiny & ordinary, set(-54), set(0));
    const Pair moved = two_sum(shift * set(kLn2_hi), l.high);
    l = {moved.high, moved.low + (l.low + shift * set(kLn2_lo))};
  }
  const D e = min(set(0x1p70), max(set(-0x1p70), y));  // beyond, the result is 0, 1 or infinite anyway
  const Pair p = two_prod(e, l.high);
  const D p_low = mul_add(e, l.low, p.low);
  D r = exp(p.high, p_low);
  if (__builtin_expect(!all(ordinary & (x > set(0)) & (abs(y) < set(kInfinity))), 0)) {
    const D extreme = blend((a == set(0)) ^ (y < set(0)), set(0), set(kInfinity));
    r = blend((a == set(0)) | (a == set(kInfinity)), extreme, r);
    const M integer = floor(y) == y;
    const M odd = integer & (floor(y * set(0.5)) * set(2) != y);
    r = blend((x < set(0)) & ~integer & (a < set(kInfinity)), set(kNaN), r);
    r = blend(odd, flip(r, sign_of(x)), r);
    r = blend(is_nan(x), x, blend(is_nan(y), y, r));
    r = blend(y == set(0), set(1), r);
    r = blend(x == set(1), set(1), r);
  }
  return r;
}

/// C's fmod, exact. Vector path while the quotient is below 2^52; the C library's own fmod is exact as well.
static inline D remainder_exact(D x, D y) {
  const D a = abs(x), b = abs(y);
  const M near = (a < set(0x1p900)) & (b > set(0x1p-900)) & (b < set(kInfinity)) & (a < b * set(0x1p52));
  const D q = trunc(a / b);
  const Pair p = two_prod(q, b);
  D r = (a - p.high) - p.low;
  r = blend(r < set(0), r + b, r);
  r = flip(r, sign_of(x));
  if (__builtin_expect(!all(near), 0)) {
    double xs[kWidth], ys[kWidth], rs[kWidth];
    store(xs, x);
    store(ys, y);
    store(rs, r);
    for (int i = 0; i < kWidth; ++i) {
      const double u = __builtin_fabs(xs[i]), v = __builtin_fabs(ys[i]);
      if (!(u < 0x1p900 && v > 0x1p-900 && v < kInfinity && u < v * 0x1p52)) rs[i] = __builtin_fmod(xs[i], ys[i]);
    }
    r = load(rs);
  }
  return r;
}
static inline D modulo(D x, D y) {
  const D r = remainder_exact(x, y);
  const M adjust = (r != set(0)) & ((r < set(0)) ^ (y < set(0)));
  return blend(r == set(0), flip(abs(r), sign_of(y)), blend(adjust, r + y, r));
}
static inline D floor_divide(D x, D y) {
  const D r = remainder_exact(x, y);
  const M adjust = (r != set(0)) & ((r < set(0)) ^ (y < set(0)));
  const D q = blend(adjust, (x - r) / y - set(1), (x - r) / y);
  const D rounded = floor(q);
  const D y_ok = blend(q - rounded > set(0.5), rounded + set(1), rounded);
  const D quotient = x / y;
  const M overflow = (abs(quotient) == set(kInfinity)) & (abs(x) < set(kInfinity));  // also x / 0
  return blend(overflow, quotient, blend(q == set(0), quotient * set(0), y_ok));
}
