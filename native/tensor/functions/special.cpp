#include "tensor/functions/special.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tensor/functions/reduce.hpp"
#include "tensor/functions/shape.hpp"
#include "tensor/functions/support.hpp"

namespace dolab::tensor {

namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr double kLn2 = 0.69314718055994530942;
constexpr double kLn10 = 2.30258509299404568402;
constexpr double kSqrt2 = 1.41421356237309504880;
constexpr double kLogSqrtTwoPi = 0.91893853320467274178;
using detail::as_real;
using detail::scalar_like;

Tensor number(const Tensor& like, double value) { return like.graph().scalar(value); }

}  // namespace

// ---- jax.numpy -------------------------------------------------------------------------------------------------

Tensor clip(const Tensor& a, const Tensor& low, const Tensor& high) {
  Tensor out = a;
  if (low.defined()) out = maximum(low, out);
  if (high.defined()) out = minimum(high, out);
  return out;
}

Tensor log2(const Tensor& a) { return log(as_real(a)) / kLn2; }
Tensor log10(const Tensor& a) { return log(as_real(a)) / kLn10; }
Tensor exp2(const Tensor& a) { return power(number(a, 2.0), as_real(a)); }

Tensor logaddexp2(const Tensor& a, const Tensor& b) { return logaddexp(as_real(a) * kLn2, as_real(b) * kLn2) / kLn2; }

Tensor cbrt(const Tensor& a) {
  const Tensor x = as_real(a);
  return unary(Unary::sign, x) * power(abs(x), number(a, 1.0 / 3.0));
}

Tensor hypot(const Tensor& a, const Tensor& b) {
  const Tensor x = abs(as_real(a)), y = abs(as_real(b));
  const Tensor large = maximum(x, y), small = minimum(x, y);
  const Tensor regular = logical_and(large > 0.0, large < detail::kInfinity);
  const Tensor safe = select(regular, large, number(a, 1.0));
  return select(regular, safe * sqrt(1.0 + square(small / safe)), large);
}

Tensor sinc(const Tensor& a) {
  const Tensor x = as_real(a) * kPi;
  const Tensor small = abs(x) < 0.01;
  const Tensor safe = select(small, number(a, 1.0), x), x2 = square(select(small, x, number(a, 0.0)));
  // Taylor: relative error below 2e-16 for |x| < 0.01.
  return select(small, 1.0 - x2 / 6.0 * (1.0 - x2 / 20.0), unary(Unary::sin, safe) / safe);
}

Tensor deg2rad(const Tensor& a) { return as_real(a) * (kPi / 180.0); }
Tensor rad2deg(const Tensor& a) { return as_real(a) * (180.0 / kPi); }

Tensor heaviside(const Tensor& a, const Tensor& middle) {
  const Tensor x = as_real(a), zero = number(a, 0.0);
  const Tensor step = select(x > 0.0, number(a, 1.0), select(equal(x, zero), as_real(middle), zero));
  return stop_gradient(select(detail::is_nan(x), x, step));
}

Tensor nan_to_num(const Tensor& a, double nan, std::optional<double> positive, std::optional<double> negative) {
  if (a.dtype() != DType::real) return a;
  constexpr double kLargest = std::numeric_limits<double>::max();
  Tensor out = select(detail::is_nan(a), number(a, nan), a);
  out = select(equal(a, number(a, detail::kInfinity)), number(a, positive.value_or(kLargest)), out);
  return select(equal(a, number(a, -detail::kInfinity)), number(a, negative.value_or(-kLargest)), out);
}

Tensor isclose(const Tensor& a, const Tensor& b, double rtol, double atol, bool equal_nan) {
  const Tensor x = as_real(a), y = as_real(b);
  const Tensor finite = logical_and(unary(Unary::is_finite, x), unary(Unary::is_finite, y));
  const Tensor near = logical_and(finite, abs(x - y) <= atol + rtol * abs(y));
  const Tensor out = logical_or(near, equal(x, y));
  return equal_nan ? logical_or(out, logical_and(detail::is_nan(x), detail::is_nan(y))) : out;
}

Tensor logical_xor(const Tensor& a, const Tensor& b) { return binary(Binary::logical_xor, a, b); }
Tensor rsqrt(const Tensor& a) { return reciprocal(sqrt(as_real(a))); }

Tensor integer_power(const Tensor& a, std::int64_t n) {
  const Tensor base = detail::as_number(a);
  if (n < 0) return reciprocal(as_real(integer_power(as_real(base), -n)));
  if (n == 0) return full(a.graph(), a.shape(), 1.0, base.dtype());
  Tensor out, factor = base;
  for (std::int64_t left = n; left > 0; left /= 2) {
    if (left % 2 == 1) out = out.defined() ? out * factor : factor;
    if (left > 1) factor = square(factor);
  }
  return out;
}

Tensor float_power(const Tensor& a, const Tensor& b) { return power(as_real(a), as_real(b)); }

Tensor polyval(const Tensor& coefficients, const Tensor& x) {
  if (coefficients.rank() != 1) {
    throw Error("E407", "polyval needs a vector of coefficients, not shape " + to_string(coefficients.shape()), "");
  }
  Tensor out = full(x.graph(), x.shape(), 0.0, std::max(coefficients.dtype(), x.dtype()));
  for (const auto& c : unstack(coefficients)) out = out * x + c;
  return out;
}

Tensor interp(const Tensor& x, const Tensor& xp, const Tensor& fp) {
  if (xp.rank() != 1 || xp.shape() != fp.shape() || xp.size() == 0) {
    throw Error(
        "E407",
        "interp needs vectors of one length, not shapes " + to_string(xp.shape()) + " and " + to_string(fp.shape()),
        "");
  }
  const std::int64_t n = xp.extent(0);
  const Tensor knots = as_real(xp), heights = as_real(fp), at = as_real(x);
  if (n == 1) return broadcast_to(heights, at.shape().empty() ? Shape{1} : at.shape());
  const Tensor one = detail::integer(x.graph(), 1);
  const Tensor right = clip(searchsorted(knots, at, true), one, detail::integer(x.graph(), n - 1));
  const Tensor left = right - one;
  const Tensor x0 = gather(knots, left), y0 = gather(heights, left);
  const Tensor width = gather(knots, right) - x0, rise = gather(heights, right) - y0;
  const Tensor flat = equal(width, number(x, 0.0));
  const Tensor line = y0 + (at - x0) / select(flat, number(x, 1.0), width) * select(flat, number(x, 0.0), rise);
  const Tensor low = take_axis(knots, 0, 0), high = take_axis(knots, 0, n - 1);
  return select(at < low, take_axis(heights, 0, 0), select(at > high, take_axis(heights, 0, n - 1), line));
}

// ---- jax.nn ------------------------------------------------------------------------------------------------------

Tensor relu(const Tensor& a) { return select(a <= scalar_like(a, 0.0), scalar_like(a, 0.0), a); }
Tensor relu6(const Tensor& a) { return select(a >= scalar_like(a, 6.0), scalar_like(a, 6.0), relu(a)); }

Tensor leaky_relu(const Tensor& a, double slope) {
  const Tensor x = as_real(a);
  return select(x < 0.0, x * slope, x);
}

Tensor elu(const Tensor& a, double alpha) {
  const Tensor x = as_real(a);
  const Tensor positive = x > 0.0;
  return select(positive, x, alpha * expm1(select(positive, number(a, 0.0), x)));
}

Tensor celu(const Tensor& a, double alpha) {
  const Tensor x = as_real(a);
  const Tensor positive = x > 0.0;
  return select(positive, x, alpha * expm1(select(positive, number(a, 0.0), x) / alpha));
}

Tensor selu(const Tensor& a) { return 1.0507009873554804934193349852946 * elu(a, 1.6732632423543772848170429916717); }

Tensor gelu(const Tensor& a, bool approximate) {
  const Tensor x = as_real(a);
  if (!approximate) return 0.5 * x * erfc(x * (-1.0 / kSqrt2));
  const double scale = std::sqrt(2.0 / kPi);
  return 0.5 * x * (1.0 + tanh(scale * (x + 0.044715 * (x * square(x)))));
}

Tensor silu(const Tensor& a) { return a * sigmoid(a); }
Tensor mish(const Tensor& a) { return a * tanh(softplus(a)); }

Tensor hard_tanh(const Tensor& a) {
  const Tensor x = as_real(a);
  return select(x > 1.0, number(a, 1.0), select(x < -1.0, number(a, -1.0), x));
}

Tensor hard_sigmoid(const Tensor& a) { return relu6(as_real(a) + 3.0) / 6.0; }

Tensor soft_sign(const Tensor& a) {
  const Tensor x = as_real(a);
  return x / (1.0 + abs(x));
}

Tensor squareplus(const Tensor& a, double b) {
  const Tensor x = as_real(a);
  return 0.5 * (x + sqrt(square(x) + b));
}

Tensor glu(const Tensor& a, std::int64_t axis) {
  const std::int64_t n = a.extent(axis);
  if (n % 2 != 0) throw Error("E407", "glu needs an axis of even extent, not " + std::to_string(n), "");
  return slice_axis(a, axis, 0, n / 2) * sigmoid(slice_axis(a, axis, n / 2, n / 2));
}

Tensor standardize(const Tensor& a, const std::vector<std::int64_t>& axes, double epsilon) {
  const Tensor x = as_real(a);
  const Tensor centred = x - mean(x, axes, true);
  return centred / sqrt(mean(square(centred), axes, true) + epsilon);
}

// ---- jax.scipy.special -------------------------------------------------------------------------------------------

Tensor expit(const Tensor& a) { return sigmoid(a); }

Tensor logit(const Tensor& p) {
  const Tensor x = as_real(p);
  return log(x) - log1p(-x);
}

namespace {

/// lgamma(y) - ((y - 1/2) log y - y + log(2 pi)/2) for y >= 10, absolute error below 1e-16.
Tensor stirling_remainder(const Tensor& y) {
  constexpr double kCoefficients[] = {-691.0 / 360360.0, 1.0 / 1188.0, -1.0 / 1680.0,
                                      1.0 / 1260.0,      -1.0 / 360.0, 1.0 / 12.0};
  const Tensor w = reciprocal(y), w2 = square(w);
  Tensor out = number(y, kCoefficients[0]);
  for (std::size_t i = 1; i < std::size(kCoefficients); ++i) out = out * w2 + kCoefficients[i];
  return out * w;
}

}  // namespace

Tensor betaln(const Tensor& a, const Tensor& b) {
  const Tensor x = minimum(as_real(a), as_real(b)), y = maximum(as_real(a), as_real(b));
  // For large y the difference lgamma(y) - lgamma(x + y) is taken analytically: the two cancel.
  const Tensor large = y >= 10.0;
  const Tensor big = select(large, y, number(a, 10.0)), small = select(large, x, number(a, 1.0));
  const Tensor both = big + small;
  const Tensor difference =
      small - small * log(both) - (big - 0.5) * log1p(small / big) + stirling_remainder(big) - stirling_remainder(both);
  return lgamma(x) + select(large, difference, lgamma(y) - lgamma(x + y));
}

Tensor multigammaln(const Tensor& a, std::int64_t d) {
  if (d < 1) throw Error("E205", "multigammaln needs an order of at least 1", "");
  Array shifts(DType::real, {d});
  for (std::int64_t j = 0; j < d; ++j) shifts.mutable_data()[j] = -0.5 * static_cast<double>(j);
  const Tensor terms = lgamma(expand_dims(as_real(a), -1) + a.graph().constant(shifts));
  return sum(terms, {-1}) + 0.25 * static_cast<double>(d * (d - 1)) * std::log(kPi);
}

Tensor entr(const Tensor& a) {
  const Tensor x = as_real(a);
  const Tensor positive = x > 0.0;
  const Tensor safe = select(positive, x, number(a, 1.0));
  return select(positive, -(safe * log(safe)),
                select(x < 0.0, number(a, -detail::kInfinity), select(detail::is_nan(x), x, number(a, 0.0))));
}

Tensor rel_entr(const Tensor& a, const Tensor& b) {
  const Tensor x = as_real(a), y = as_real(b);
  const Tensor inside = logical_and(x > 0.0, y > 0.0);
  const Tensor one = number(a, 1.0);
  const Tensor safe_x = select(inside, x, one), safe_y = select(inside, y, one);
  const Tensor zero = logical_and(equal(x, number(a, 0.0)), y >= 0.0);
  return select(inside, safe_x * (log(safe_x) - log(safe_y)),
                select(zero, number(a, 0.0), number(a, detail::kInfinity)));
}

Tensor kl_div(const Tensor& a, const Tensor& b) { return rel_entr(a, b) - as_real(a) + as_real(b); }
Tensor erfinv(const Tensor& y) { return unary(Unary::erfinv, as_real(y)); }
Tensor ndtr(const Tensor& a) { return 0.5 * erfc(as_real(a) * (-1.0 / kSqrt2)); }
Tensor log_factorial(const Tensor& n) { return lgamma(as_real(n) + 1.0); }

Tensor log_binomial(const Tensor& n, const Tensor& k) {
  const Tensor total = as_real(n), chosen = as_real(k);
  return -log1p(total) - betaln(total - chosen + 1.0, chosen + 1.0);
}

// ---- jax.scipy.stats.norm ----------------------------------------------------------------------------------------

namespace {

Tensor standard(const Tensor& x, const Tensor& loc, const Tensor& scale) { return (as_real(x) - loc) / scale; }

}  // namespace

Tensor normal_logpdf(const Tensor& x, const Tensor& loc, const Tensor& scale) {
  return -0.5 * square(standard(x, loc, scale)) - log(as_real(scale)) - kLogSqrtTwoPi;
}

Tensor normal_pdf(const Tensor& x, const Tensor& loc, const Tensor& scale) { return exp(normal_logpdf(x, loc, scale)); }

Tensor normal_cdf(const Tensor& x, const Tensor& loc, const Tensor& scale) { return ndtr(standard(x, loc, scale)); }

Tensor normal_logcdf(const Tensor& x, const Tensor& loc, const Tensor& scale) {
  return log_ndtr(standard(x, loc, scale));
}

Tensor normal_sf(const Tensor& x, const Tensor& loc, const Tensor& scale) { return ndtr(-standard(x, loc, scale)); }

Tensor normal_logsf(const Tensor& x, const Tensor& loc, const Tensor& scale) {
  return log_ndtr(-standard(x, loc, scale));
}

Tensor normal_ppf(const Tensor& q, const Tensor& loc, const Tensor& scale) { return ndtri(as_real(q)) * scale + loc; }

}  // namespace dolab::tensor
