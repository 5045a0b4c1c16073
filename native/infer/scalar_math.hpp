// Scalar functions whose results decide draws. Written out so that every platform computes the same bits
// (no contraction needed): exp and log after fdlibm (Sun Microsystems 1993), < 1 ulp.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

namespace dolab::infer {

/// e^x; underflows to 0 below -708, overflows to infinity above 709.78; NaN stays NaN.
inline double scalar_exp(double x) noexcept {
  if (x < -708.0) return 0.0;
  if (!(x <= 709.78)) return x > 0 ? std::numeric_limits<double>::infinity() : x;
  const double k = static_cast<double>(static_cast<int>(x * 1.44269504088896338700 + (x < 0 ? -0.5 : 0.5)));
  const double high = x - k * 6.93147180369123816490e-01;
  const double low = k * 1.90821492927058770002e-10;
  const double r = high - low;
  const double t = r * r;
  const double p = 6.61375632143793436117e-05 + t * (-1.65339022054652515390e-06 + t * 4.13813679705723846039e-08);
  const double c = r - t * (1.66666666666666019037e-01 + t * (-2.77777777770155933842e-03 + t * p));
  const double y = 1.0 - ((low - (r * c) / (2.0 - c)) - high);
  // 2^k in two factors, because k = 1024 occurs just below the overflow threshold.
  const std::int64_t half = static_cast<std::int64_t>(k) / 2;
  const std::int64_t rest = static_cast<std::int64_t>(k) - half;
  const std::int64_t bits_a = (half + 1023) << 52, bits_b = (rest + 1023) << 52;
  double a, b;
  std::memcpy(&a, &bits_a, sizeof a);
  std::memcpy(&b, &bits_b, sizeof b);
  return y * a * b;
}

/// Natural logarithm; 0 gives minus infinity, negative numbers and NaN give NaN.
inline double scalar_log(double x) noexcept {
  if (!(x > 0)) return x == 0 ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  if (x == std::numeric_limits<double>::infinity()) return x;
  std::int64_t shift = 0;
  if (x < std::numeric_limits<double>::min()) {
    x *= 0x1.0p54;
    shift = -54;
  }
  std::int64_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  // Subtracting sqrt(1/2) splits the exponent so that the fraction lies in [sqrt(1/2), sqrt(2)).
  const std::int64_t offset = bits - 0x3fe6a09e667f3bcdLL;
  const std::int64_t k = offset >> 52;
  bits -= k << 52;
  double m;
  std::memcpy(&m, &bits, sizeof m);
  const double f = m - 1.0;
  const double s = f / (2.0 + f);
  const double z = s * s;
  const double w = z * z;
  const double even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
  const double odd =
      z * (6.666666666666735130e-01 +
           w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
  const double half_square = 0.5 * f * f;
  const double exponent = static_cast<double>(k + shift);
  return exponent * 6.93147180369123816490e-01 -
         ((half_square - (s * (half_square + even + odd) + exponent * 1.90821492927058770002e-10)) - f);
}

/// log(1 + x) for x >= 0, by the correction of Kahan: relative error < 3e-16.
inline double scalar_log1p(double x) noexcept {
  const double u = 1.0 + x;
  if (u == 1.0 || u == std::numeric_limits<double>::infinity()) return x;
  return scalar_log(u) * (x / (u - 1.0));
}

/// Quantile function of the standard normal for p in (0, 1), relative error about 1e-16.
/// Source: Wichura (1988), algorithm AS 241, routine PPND16.
inline double normal_quantile(double p) noexcept {
  const double q = p - 0.5;
  if (std::fabs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    const double top =
        (((((((2.5090809287301226727e+3 * r + 3.3430575583588128105e+4) * r + 6.7265770927008700853e+4) * r +
             4.5921953931549871457e+4) *
                r +
            1.3731693765509461125e+4) *
               r +
           1.9715909503065514427e+3) *
              r +
          1.3314166789178437745e+2) *
             r +
         3.3871328727963666080e0);
    const double bottom =
        (((((((5.2264952788528545610e+3 * r + 2.8729085735721942674e+4) * r + 3.9307895800092710610e+4) * r +
             2.1213794301586595867e+4) *
                r +
            5.3941960214247511077e+3) *
               r +
           6.8718700749205790830e+2) *
              r +
          4.2313330701600911252e+1) *
             r +
         1.0);
    return q * top / bottom;
  }
  double r = std::sqrt(-scalar_log(q < 0 ? p : 1.0 - p));
  double top, bottom;
  if (r <= 5.0) {
    r -= 1.6;
    top = (((((((7.74545014278341407640e-4 * r + 2.27238449892691845833e-2) * r + 2.41780725177450611770e-1) * r +
               1.27045825245236838258e0) *
                  r +
              3.64784832476320460504e0) *
                 r +
             5.76949722146069140550e0) *
                r +
            4.63033784615654529590e0) *
               r +
           1.42343711074968357734e0);
    bottom = (((((((1.05075007164441684324e-9 * r + 5.47593808499534494600e-4) * r + 1.51986665636164571966e-2) * r +
                  1.48103976427480074590e-1) *
                     r +
                 6.89767334985100004550e-1) *
                    r +
                1.67638483018380384940e0) *
                   r +
               2.05319162663775882187e0) *
                  r +
              1.0);
  } else {
    r -= 5.0;
    top = (((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 1.24266094738807843860e-3) * r +
               2.65321895265761230930e-2) *
                  r +
              2.96560571828504891230e-1) *
                 r +
             1.78482653991729133580e0) *
                r +
            5.46378491116411436990e0) *
               r +
           6.65790464350110377720e0);
    bottom = (((((((2.04426310338993978564e-15 * r + 1.42151175831644588870e-7) * r + 1.84631831751005468180e-5) * r +
                  7.86869131145613259100e-4) *
                     r +
                 1.48753612908506148525e-2) *
                    r +
                1.36929880922735805310e-1) *
                   r +
               5.99832206555887937690e-1) *
                  r +
              1.0);
  }
  return q < 0 ? -top / bottom : top / bottom;
}

}  // namespace dolab::infer
