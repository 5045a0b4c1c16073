// Random kernels: the same words as the scalar generator on every instruction set, uniformity, normal moments.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <vector>

#include "base/philox.hpp"
#include "tensor/kernels/kernels.hpp"
#include "tests/native/tensor/kernel_sets.hpp"

using namespace dolab;
using namespace dolab::tensor;
using namespace dolab::tensor::testing;

namespace {

/// Largest distance of the sorted sample from its distribution function, times the square root of its size.
template <class Cdf>
double kolmogorov(std::vector<double> x, Cdf cdf) {
  std::sort(x.begin(), x.end());
  const double n = static_cast<double>(x.size());
  double worst = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double p = cdf(x[i]);
    worst = std::max({worst, p - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - p});
  }
  return worst * std::sqrt(n);
}

}  // namespace

TEST_CASE("Philox gives the known answers", "[tensor][kernels][random]") {
  // Random123's known-answer file; words are packed low first.
  CHECK(philox(0, {0, 0, 0, 0})[0] == 0xe169c58d6627e8d5u);
  CHECK(philox(0, {0, 0, 0, 0})[1] == 0x9b00dbd8bc57ac4cu);
  const auto pi = philox(0x299f31d0a4093822u, {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344});
  CHECK(pi[0] == 0x94fdccebd16cfe09u);
  CHECK(pi[1] == 0x24126ea15001e420u);
  const auto ones = philox(~std::uint64_t{0}, {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff});
  CHECK(ones[0] == 0x41c83b0e408f276dU);
  CHECK(ones[1] == 0x6d5451fda20bc7c6U);
}

TEST_CASE("uniform kernels read the addressed words", "[tensor][kernels][random]") {
  const RandomAddress starts[] = {{0, 0, 0, 0}, {0xfffffffa, 7, 3, 9}, {5, 0xfffffffd, 0xffffffff, 0x80000001}};
  const std::uint64_t keys[] = {0, 0x299f31d0a4093822u, ~std::uint64_t{0}};
  for (const auto* set : all_sets()) {
    for (const RandomAddress& first : starts) {
      for (const std::uint64_t key : keys) {
        for (const bool along_row : {false, true}) {
          for (const std::int64_t n : {0, 1, 2, 3, 7, 8, 9, 21}) {
            std::vector<double> u(static_cast<std::size_t>(n) + 4, -1.0);
            set->uniform(u.data(), key, first, along_row, n);
            bool equal = true;
            for (std::int64_t i = 0; i < n; ++i) {
              RandomAddress address = first;
              (along_row ? address.row : address.element) += static_cast<std::uint32_t>(i);
              equal = equal && u[static_cast<std::size_t>(i)] == to_uniform(philox(key, address)[0]);
            }
            INFO(set->name << " n " << n);
            CHECK(equal);
            CHECK(u[static_cast<std::size_t>(n)] == -1.0);
          }
        }
      }
    }
  }
  for (const auto* set : available_kernel_sets<float>(Flavour::strict)) {
    std::vector<float> u(11);
    set->uniform(u.data(), 3, {}, true, 11);
    for (std::uint32_t i = 0; i < 11; ++i) {
      const double expected = (static_cast<double>(philox(3, {i, 0, 0, 0})[0] >> 41) + 0.5) * 0x1p-23;
      CHECK(static_cast<double>(u[i]) == expected);
    }
  }
}

TEST_CASE("normal kernels are the quantile of the uniform, whatever the chunks", "[tensor][kernels][random]") {
  constexpr std::int64_t n = 1000;
  const auto& reference_set = kernel_set<double>(Flavour::strict);
  std::vector<double> u(n), quantile(n), reference(n), x(n);
  reference_set.uniform(u.data(), 21, {1, 2, 3, 4}, true, n);
  reference_set.unary[static_cast<int>(Unary::ndtri)](quantile.data(), u.data(), n);
  for (const auto* set : available_kernel_sets<double>(Flavour::strict)) {
    INFO(set->name);
    set->normal(x.data(), 21, {1, 2, 3, 4}, true, n);
    CHECK(x == quantile);
    for (const std::int64_t chunk : {1, 7, 256}) {
      std::vector<double> pieces(n);
      for (std::int64_t start = 0; start < n; start += chunk) {
        set->normal(pieces.data() + start, 21, {1 + static_cast<std::uint32_t>(start), 2, 3, 4}, true,
                    std::min(chunk, n - start));
      }
      CHECK(pieces == quantile);
    }
  }
  for (const auto* set : available_kernel_sets<double>(Flavour::fast)) {
    set->normal(x.data(), 21, {1, 2, 3, 4}, true, n);
    for (std::size_t i = 0; i < x.size(); ++i) CHECK(x[i] == Approx(quantile[i]).epsilon(2e-15));
  }
}

TEST_CASE("uniforms and normals have their distributions", "[tensor][kernels][random]") {
  constexpr std::int64_t n = 1 << 18;
  const auto& set = kernel_set<double>(Flavour::strict);
  std::vector<double> u(n), x(n);
  for (const RandomPurpose purpose : {RandomPurpose::momentum, RandomPurpose::predictive}) {
    const std::uint64_t key = random_key(2024, purpose);
    for (const bool along_row : {false, true}) {
      set.uniform(u.data(), key, {0, 0, 1, site_hash("y")}, along_row, n);
      set.normal(x.data(), key, {0, 0, 2, site_hash("y")}, along_row, n);
      std::vector<double> counts(1024);
      for (const double value : u) counts[static_cast<std::size_t>(value * 1024)] += 1;
      double chi_square = 0;
      for (const double count : counts) chi_square += (count - n / 1024.0) * (count - n / 1024.0) / (n / 1024.0);
      CHECK(std::abs(chi_square - 1023) < 5 * std::sqrt(2 * 1023.0));  // five standard deviations
      CHECK(kolmogorov(u, [](double v) { return v; }) < 2.2);          // probability 1e-4
      CHECK(kolmogorov(x, [](double v) { return 0.5 * std::erfc(-v / std::sqrt(2.0)); }) < 2.2);
      double moment[5] = {};
      double lag = 0;
      for (std::size_t i = 0; i < x.size(); ++i) {
        double power = 1;
        for (double& m : moment) m += (power *= x[i]) / n;
        if (i > 0) lag += x[i] * x[i - 1] / n;
      }
      const double se = 1 / std::sqrt(static_cast<double>(n));
      CHECK(std::abs(moment[0]) < 5 * se);
      CHECK(std::abs(moment[1] - 1) < 5 * std::sqrt(2.0) * se);
      CHECK(std::abs(moment[2]) < 5 * std::sqrt(15.0) * se);
      CHECK(std::abs(moment[3] - 3) < 5 * std::sqrt(96.0) * se);
      CHECK(std::abs(lag) < 5 * se);
    }
  }
}
