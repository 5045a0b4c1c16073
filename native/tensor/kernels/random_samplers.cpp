#include "tensor/kernels/random_samplers.hpp"

#include <boost/random/binomial_distribution.hpp>
#include <boost/random/normal_distribution.hpp>
#include <boost/random/poisson_distribution.hpp>
#include <cmath>
#include <cstdint>
#include <limits>

namespace dolab::tensor {

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
/// Beyond this, counts are rounded normal variables: the error of a rejection sampler's arithmetic is larger.
constexpr double kHugeCount = 1e15;

double standard_normal(PhiloxStream& stream) {
  boost::random::normal_distribution<double> normal;  // ziggurat; made afresh, so nothing is kept between calls
  return normal(stream);
}

/// Marsaglia and Tsang 2000, "A simple method for generating gamma variables"; a >= 1.
double gamma_at_least_one(PhiloxStream& stream, double a) {
  const double d = a - 1.0 / 3.0;
  const double c = 1.0 / std::sqrt(9.0 * d);
  for (;;) {
    const double x = standard_normal(stream);
    const double root = 1.0 + c * x;
    if (root <= 0.0) continue;
    const double v = root * root * root;
    const double u = to_uniform(stream());
    const double x2 = x * x;
    if (u < 1.0 - 0.0331 * x2 * x2) return d * v;
    if (std::log(u) < 0.5 * x2 + d * (1.0 - v + std::log(v))) return d * v;
  }
}

double rounded_normal(PhiloxStream& stream, double mean, double variance) {
  const double x = std::floor(mean + std::sqrt(variance) * standard_normal(stream) + 0.5);
  return x < 0.0 ? 0.0 : x;
}

}  // namespace

double sample_gamma(PhiloxStream& stream, double a) noexcept {
  if (!(a > 0.0)) return kNaN;
  if (a == std::numeric_limits<double>::infinity()) return a;
  if (a >= 1.0) return gamma_at_least_one(stream, a);
  // Gamma(a) = Gamma(a + 1) U^(1/a).
  const double g = gamma_at_least_one(stream, a + 1.0);
  return g * std::exp(std::log(to_uniform(stream())) / a);
}

double sample_poisson(PhiloxStream& stream, double rate) noexcept {
  if (!(rate >= 0.0)) return kNaN;
  if (rate == 0.0) return 0.0;
  if (rate == std::numeric_limits<double>::infinity()) return rate;
  if (rate > kHugeCount) return rounded_normal(stream, rate, rate);
  boost::random::poisson_distribution<std::int64_t, double> poisson(rate);
  return static_cast<double>(poisson(stream));
}

double sample_binomial(PhiloxStream& stream, double n, double p) noexcept {
  if (!(n >= 0.0) || std::floor(n) != n || n == std::numeric_limits<double>::infinity()) return kNaN;
  if (!(p >= 0.0 && p <= 1.0)) return kNaN;
  if (n == 0.0 || p == 0.0) return 0.0;
  if (p == 1.0) return n;
  if (n > kHugeCount) return std::fmin(n, rounded_normal(stream, n * p, n * p * (1.0 - p)));
  boost::random::binomial_distribution<std::int64_t, double> binomial(static_cast<std::int64_t>(n), p);
  return static_cast<double>(binomial(stream));
}

}  // namespace dolab::tensor
