// Rejection samplers over a Philox stream: edge cases, moments, and Boost's own gamma as a cross-check.
#include <algorithm>
#include <boost/random/gamma_distribution.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <vector>

#include "tensor/kernels/random_samplers.hpp"

using namespace dolab;
using namespace dolab::tensor;

namespace {

PhiloxStream stream_of(std::uint32_t element) { return PhiloxStream(0x1234, {0, element, 3, 9}); }

struct Moments {
  double mean = 0.0, variance = 0.0;
};

Moments moments(const std::function<double(PhiloxStream&)>& draw, int n) {
  Moments m;
  double square = 0.0;
  for (int i = 0; i < n; ++i) {
    PhiloxStream stream = stream_of(static_cast<std::uint32_t>(i));
    const double x = draw(stream);
    const double delta = x - m.mean;
    m.mean += delta / (i + 1);
    square += delta * (x - m.mean);
  }
  m.variance = square / (n - 1);
  return m;
}

void check_moments(const Moments& m, double mean, double variance, int n) {
  INFO("mean " << m.mean << " of " << mean << ", variance " << m.variance << " of " << variance);
  CHECK(std::abs(m.mean - mean) < 5.0 * std::sqrt(variance / n));
  CHECK(m.variance == Approx(variance).epsilon(0.2));
}

}  // namespace

TEST_CASE("invalid parameters give NaN, extreme ones end", "[tensor]") {
  PhiloxStream stream = stream_of(0);
  for (const double bad : {0.0, -1.0, static_cast<double>(NAN)}) CHECK(std::isnan(sample_gamma(stream, bad)));
  CHECK(sample_gamma(stream, 1e-8) >= 0.0);
  CHECK(sample_gamma(stream, 1e12) == Approx(1e12).epsilon(1e-4));
  CHECK(std::isinf(sample_gamma(stream, INFINITY)));
  CHECK(std::isnan(sample_poisson(stream, -0.1)));
  CHECK(std::isnan(sample_poisson(stream, NAN)));
  CHECK(sample_poisson(stream, 0.0) == 0.0);
  CHECK(sample_poisson(stream, 1e-300) == 0.0);
  CHECK(sample_poisson(stream, 1e14) == Approx(1e14).epsilon(1e-5));
  CHECK(sample_poisson(stream, 1e300) == Approx(1e300).epsilon(1e-5));
  CHECK(std::isinf(sample_poisson(stream, INFINITY)));
  CHECK(std::isnan(sample_binomial(stream, 3.5, 0.5)));
  CHECK(std::isnan(sample_binomial(stream, -1.0, 0.5)));
  CHECK(std::isnan(sample_binomial(stream, 10.0, 1.5)));
  CHECK(std::isnan(sample_binomial(stream, 10.0, NAN)));
  CHECK(sample_binomial(stream, 0.0, 0.5) == 0.0);
  CHECK(sample_binomial(stream, 10.0, 0.0) == 0.0);
  CHECK(sample_binomial(stream, 10.0, 1.0) == 10.0);
  CHECK(sample_binomial(stream, 1e18, 0.25) == Approx(2.5e17).epsilon(1e-5));
}

TEST_CASE("moments of gamma, Poisson and binomial draws", "[tensor]") {
  constexpr int kDraws = 3000;
  for (const double a : {0.2, 1.0, 7.0, 1e6}) {
    check_moments(moments([a](PhiloxStream& s) { return sample_gamma(s, a); }, kDraws), a, a, kDraws);
  }
  for (const double rate : {0.5, 3.0, 45.0, 1e9, 1e16}) {
    check_moments(moments([rate](PhiloxStream& s) { return sample_poisson(s, rate); }, kDraws), rate, rate, kDraws);
  }
  for (const double p : {0.002, 0.4, 0.97}) {
    for (const double n : {5.0, 1000.0, 1e7}) {
      if (n * p * (1.0 - p) < 0.1) continue;
      check_moments(moments([n, p](PhiloxStream& s) { return sample_binomial(s, n, p); }, kDraws), n * p,
                    n * p * (1.0 - p), kDraws);
    }
  }
}

TEST_CASE("gamma draws are distributed as Boost's", "[tensor]") {
  for (const double a : {0.4, 1.0, 5.0}) {
    std::vector<double> ours, theirs;
    for (std::uint32_t i = 0; i < 3000; ++i) {
      PhiloxStream stream = stream_of(i), other = stream_of(100'000 + i);
      ours.push_back(sample_gamma(stream, a));
      theirs.push_back(boost::random::gamma_distribution<double>(a)(other));
    }
    std::sort(ours.begin(), ours.end());
    std::sort(theirs.begin(), theirs.end());
    double worst = 0.0;
    for (std::size_t i = 0; i < ours.size(); ++i) {
      const auto rank = std::lower_bound(theirs.begin(), theirs.end(), ours[i]) - theirs.begin();
      worst = std::max(worst, std::abs(static_cast<double>(rank) - static_cast<double>(i)) / 3000.0);
    }
    INFO("shape " << a);
    CHECK(worst < 2.2 * std::sqrt(2.0 / 3000.0));  // two samples, exceeded once in 8,000
  }
}

TEST_CASE("a draw depends on its address alone", "[tensor]") {
  PhiloxStream first = stream_of(5), second = stream_of(5), other = stream_of(6);
  const double a = sample_gamma(first, 2.0);
  CHECK(sample_gamma(second, 2.0) == a);
  CHECK(sample_gamma(other, 2.0) != a);
}
