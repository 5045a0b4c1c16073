// What every kernel set promises beside accuracy: nothing outside n is touched, strict bits are the same everywhere,
// blocks are summed in the documented order, unselected values do not leak.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "base/philox.hpp"
#include "tensor/kernels/kernels.hpp"
#include "tests/native/tensor/kernel_sets.hpp"

using namespace dolab;
using namespace dolab::tensor;
using namespace dolab::tensor::testing;

namespace {

template <class T>
std::vector<T> uniforms(std::int64_t n, double low, double high, std::uint32_t stream) {
  std::vector<T> x(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto words = philox(5, {static_cast<std::uint32_t>(i), stream, 0, 0});
    x[i] = static_cast<T>(low + (high - low) * to_uniform(words[0]));
  }
  return x;
}

/// Normal, huge, tiny, subnormal, infinite and NaN values, and random bit patterns.
template <class T>
std::vector<T> hard_values(std::uint32_t stream) {
  using Limits = std::numeric_limits<T>;
  std::vector<T> x = {T(0),
                      T(-0.0),
                      T(1),
                      T(-1),
                      T(2),
                      T(0.5),
                      T(-0.5),
                      T(3),
                      T(kInf),
                      T(-kInf),
                      T(kNan),
                      Limits::min(),
                      Limits::denorm_min(),
                      Limits::max(),
                      -Limits::max(),
                      T(700),
                      T(-708.5),
                      T(1e7),
                      T(-1e20),
                      T(1e-5)};
  for (std::uint32_t i = 0; i < 3000; ++i) {
    const auto words = philox(6, {i, stream, 0, 0});
    T value;
    std::memcpy(&value, words.data(), sizeof value);
    if (i % 2 == 0)
      value = static_cast<T>((to_uniform(words[0]) - 0.5) * std::pow(10.0, static_cast<double>(words[1] % 9) - 3));
    x.push_back(value);
  }
  return x;
}

template <class T>
bool same_bits(T a, T b) {
  return (std::isnan(a) && std::isnan(b)) || std::memcmp(&a, &b, sizeof a) == 0;
}

template <class T>
void expect_same(const char* name, const std::string& what, const std::vector<T>& a, const std::vector<T>& b) {
  std::size_t differing = 0;
  while (differing < a.size() && same_bits(a[differing], b[differing])) ++differing;
  INFO(name << " " << what << " at index " << differing);
  CHECK(differing == a.size());
}

/// Runs every elementwise kernel of `set` through call(kernel name, function(dst, a, b, c, n)).
template <class T>
void for_each_elementwise(
    const KernelSet<T>& set,
    const std::function<void(const std::string&,
                             const std::function<void(T*, const T*, const T*, const T*, std::int64_t)>&)>& call) {
  for (int op = 0; op < kUnaryCount; ++op) {
    call("unary " + std::to_string(op),
         [&](T* d, const T* a, const T*, const T*, std::int64_t n) { set.unary[op](d, a, n); });
  }
  for (int op = 0; op < kBinaryCount; ++op) {
    const std::string number = std::to_string(op);
    call("vv " + number,
         [&](T* d, const T* a, const T* b, const T*, std::int64_t n) { set.binary_vv[op](d, a, b, n); });
    call("vs " + number,
         [&](T* d, const T* a, const T* b, const T*, std::int64_t n) { set.binary_vs[op](d, a, b, n); });
    call("sv " + number,
         [&](T* d, const T* a, const T* b, const T*, std::int64_t n) { set.binary_sv[op](d, a, b, n); });
  }
  for (int k = 0; k < 4; ++k) {
    call("select " + std::to_string(k),
         [&](T* d, const T* a, const T* b, const T* c, std::int64_t n) { set.select[k](d, a, b, c, n); });
  }
  for (int k = 0; k < 8; ++k) {
    call("multiply_add " + std::to_string(k),
         [&](T* d, const T* a, const T* b, const T* c, std::int64_t n) { set.multiply_add[k](d, a, b, c, n); });
  }
}

template <class T>
void check_strict_bits() {
  const auto sets = available_kernel_sets<T>(Flavour::strict);
  const std::vector<T> a = hard_values<T>(1), b = hard_values<T>(2);
  std::vector<T> c = hard_values<T>(3);
  const auto n = static_cast<std::int64_t>(a.size());
  std::vector<std::vector<T>> reference;
  for (const auto* set : sets) {
    std::size_t index = 0;
    for_each_elementwise<T>(*set, [&](const std::string& what, const auto& kernel) {
      std::vector<T> y(a.size());
      kernel(y.data(), a.data(), b.data() + 2, c.data() + 3, n - 3);
      if (set == sets.front()) {
        reference.push_back(y);
      } else {
        expect_same(set->name, what, reference[index], y);
      }
      ++index;
    });
  }
}

template <class T>
void check_ends() {
  constexpr std::int64_t kGuard = 8;
  const T guard = T(-12345);
  for (const Flavour flavour : {Flavour::fast, Flavour::strict}) {
    for (const auto* set : available_kernel_sets<T>(flavour)) {
      const auto a = uniforms<T>(64, 0.1, 0.9, 1), b = uniforms<T>(64, 0.1, 0.9, 2), c = uniforms<T>(64, -1, 1, 3);
      for_each_elementwise<T>(*set, [&](const std::string& what, const auto& kernel) {
        std::vector<T> whole(40);
        kernel(whole.data(), a.data(), b.data(), c.data(), 40);
        bool outside = true, inside = true, in_place = true;
        for (std::int64_t n = 0; n <= 19; ++n) {
          std::vector<T> y(static_cast<std::size_t>(n + 2 * kGuard), guard);
          // Exactly n readable elements: a sanitizer sees a read beyond the end.
          const std::vector<T> an(a.begin(), a.begin() + n), bn(b.begin(), b.begin() + std::max<std::int64_t>(n, 1)),
              cn(c.begin(), c.begin() + std::max<std::int64_t>(n, 1));
          const std::vector<T> a1(a.begin(), a.begin() + std::max<std::int64_t>(n, 1));
          kernel(y.data() + kGuard, n == 0 ? a1.data() : an.data(), bn.data(), cn.data(), n);
          for (std::int64_t i = 0; i < kGuard; ++i) {
            outside = outside && y[static_cast<std::size_t>(i)] == guard &&
                      y[y.size() - 1 - static_cast<std::size_t>(i)] == guard;
          }
          for (std::int64_t i = 0; i < n; ++i) {
            inside = inside && same_bits(y[static_cast<std::size_t>(i + kGuard)], whole[static_cast<std::size_t>(i)]);
          }
          std::vector<T> d = a1;
          kernel(d.data(), d.data(), bn.data(), cn.data(), n);
          for (std::int64_t i = 0; i < n; ++i) {
            in_place = in_place && same_bits(d[static_cast<std::size_t>(i)], whole[static_cast<std::size_t>(i)]);
          }
        }
        INFO(set->name << " " << what);
        CHECK(outside);
        CHECK(inside);
        CHECK(in_place);
      });
    }
  }
}

/// The documented order, written out.
template <class T>
double documented_sum(const std::vector<T>& a, std::int64_t n) {
  double lane[8] = {};
  for (std::int64_t i = 0; i < n; ++i) lane[i % 8] += static_cast<double>(a[static_cast<std::size_t>(i)]);
  return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

}  // namespace

TEST_CASE("every slot of every kernel set is filled", "[tensor][kernels]") {
  std::set<std::string> names;
  for (const Flavour flavour : {Flavour::fast, Flavour::strict}) {
    for (const auto* set : available_kernel_sets<double>(flavour)) {
      names.insert(set->name);
      for (const auto kernel : set->unary) CHECK(kernel != nullptr);
      for (const auto kernel : set->binary_vv) CHECK(kernel != nullptr);
      for (const auto kernel : set->binary_vs) CHECK(kernel != nullptr);
      for (const auto kernel : set->binary_sv) CHECK(kernel != nullptr);
      for (const auto kernel : set->select) CHECK(kernel != nullptr);
      for (const auto kernel : set->multiply_add) CHECK(kernel != nullptr);
      for (const auto kernel : set->reduce) CHECK(kernel != nullptr);
    }
  }
#if defined(__wasm_simd128__)
  CHECK(names == std::set<std::string>{"wasm"});
#else
  CHECK(names.count("generic") == 1);
#endif
  CHECK(names.count(kernel_set<double>(Flavour::fast).name) == 1);
}

TEST_CASE("strict kernels give the same bits on every instruction set", "[tensor][kernels]") {
  check_strict_bits<double>();
  check_strict_bits<float>();
}

TEST_CASE("kernels touch exactly n elements, also in place", "[tensor][kernels]") {
  check_ends<double>();
  check_ends<float>();
}

TEST_CASE("block reductions follow the documented order", "[tensor][kernels]") {
  const auto a = uniforms<double>(256, -1, 1, 4), b = uniforms<double>(256, 0.5, 1.5, 5);
  std::vector<double> products(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) products[i] = a[i] * b[i];
  for (const Flavour flavour : {Flavour::fast, Flavour::strict}) {
    for (const auto* set : available_kernel_sets<double>(flavour)) {
      INFO(set->name);
      for (const std::int64_t n : {0, 1, 2, 5, 7, 8, 9, 31, 100, 255, 256}) {
        CHECK(set->reduce[static_cast<int>(Reduction::sum)](a.data(), n) == documented_sum(a, n));
        double largest = -kInf, smallest = kInf, product = 1;
        for (std::int64_t i = 0; i < n; ++i) {
          largest = std::max(largest, a[static_cast<std::size_t>(i)]);
          smallest = std::min(smallest, a[static_cast<std::size_t>(i)]);
          product *= b[static_cast<std::size_t>(i)];
        }
        CHECK(set->reduce[static_cast<int>(Reduction::max)](a.data(), n) == largest);
        CHECK(set->reduce[static_cast<int>(Reduction::min)](a.data(), n) == smallest);
        CHECK(set->reduce[static_cast<int>(Reduction::prod)](b.data(), n) == Approx(product).epsilon(1e-13));
        const double dot = set->dot(a.data(), b.data(), n);
        if (flavour == Flavour::strict) {
          CHECK(dot == documented_sum(products, n));
        } else {
          CHECK(dot == Approx(documented_sum(products, n)).margin(1e-14));
        }
      }
      std::vector<double> with_nan(a);
      with_nan[77] = kNan;
      CHECK(std::isnan(set->reduce[static_cast<int>(Reduction::max)](with_nan.data(), 256)));
      CHECK(std::isnan(set->reduce[static_cast<int>(Reduction::min)](with_nan.data(), 100)));
      CHECK(std::isnan(set->reduce[static_cast<int>(Reduction::max)](with_nan.data() + 77, 1)));
    }
  }
  const std::vector<float> single = uniforms<float>(256, -1, 1, 6);
  for (const auto* set : available_kernel_sets<float>(Flavour::fast)) {
    CHECK(set->reduce[static_cast<int>(Reduction::sum)](single.data(), 256) == documented_sum(single, 256));
  }
}

TEST_CASE("select does not leak what it did not choose", "[tensor][kernels]") {
  const std::vector<double> condition = {1, 0, -0.0, kNan, 5, 0, 1, 0, 0, 1, 1};
  const std::vector<double> bad = {kNan, kInf, -kInf, kNan, kInf, -kInf, kNan, kInf, kNan, kInf, kNan};
  const auto n = static_cast<std::int64_t>(condition.size());
  const double one = 1;
  for (const auto* set : available_kernel_sets<double>(Flavour::fast)) {
    std::vector<double> y(condition.size());
    set->select[1](y.data(), condition.data(), &one, bad.data(), n);
    for (std::size_t i = 0; i < y.size(); ++i) {
      if (condition[i] != 0) CHECK(y[i] == 1);
    }
    set->select[2](y.data(), condition.data(), bad.data(), &one, n);
    for (std::size_t i = 0; i < y.size(); ++i) {
      if (condition[i] == 0) CHECK(y[i] == 1);
    }
  }
}

TEST_CASE("multiply_add rounds twice in the strict flavour", "[tensor][kernels]") {
  const double a = 1 + 0x1p-30, b = 1 - 0x1p-30, c = -1;  // a b rounds to 1
  for (const auto* set : available_kernel_sets<double>(Flavour::strict)) {
    for (int k = 0; k < 8; ++k) {
      for (const std::int64_t n : {1, 3, 9}) {
        const std::vector<double> av(9, a), bv(9, b), cv(9, c);
        std::vector<double> y(9, 7.0);
        set->multiply_add[k](y.data(), av.data(), bv.data(), cv.data(), n);
        for (std::int64_t i = 0; i < n; ++i) CHECK(y[static_cast<std::size_t>(i)] == 0);
      }
    }
  }
}

TEST_CASE("gather and fill", "[tensor][kernels]") {
  const auto source = uniforms<double>(100, -1, 1, 7);
  std::vector<std::int32_t> index(37);
  for (std::size_t i = 0; i < index.size(); ++i) index[i] = static_cast<std::int32_t>(i * 29 % 100);
  for (const auto* set : available_kernel_sets<double>(Flavour::fast)) {
    std::vector<double> y(38, 9.0);
    set->gather(y.data(), source.data(), index.data(), 37);
    for (std::size_t i = 0; i < index.size(); ++i) CHECK(y[i] == source[static_cast<std::size_t>(index[i])]);
    CHECK(y[37] == 9.0);
    set->fill(y.data(), 2.5, 13);
    CHECK(y[0] == 2.5);
    CHECK(y[12] == 2.5);
    CHECK(y[13] == source[static_cast<std::size_t>(index[13])]);
  }
}

TEST_CASE("panel products agree with their definition", "[tensor][kernels]") {
  for (const std::int64_t columns : {0, 1, 3, 4, 8, 13, 50}) {
    for (const std::int64_t n : {1, 8, 100, 256}) {
      auto panel = uniforms<double>(columns * kPanelRows, -1, 1, 8);
      for (std::int64_t j = 0; j < columns; ++j) {
        for (std::int64_t i = n; i < kPanelRows; ++i) panel[static_cast<std::size_t>(j * kPanelRows + i)] = 0;
      }
      const auto w = uniforms<double>(std::max<std::int64_t>(columns, 1), -1, 1, 9), r = uniforms<double>(n, -1, 1, 10);
      std::vector<std::vector<double>> strict_eta, strict_g;
      for (const Flavour flavour : {Flavour::fast, Flavour::strict}) {
        for (const auto* set : available_kernel_sets<double>(flavour)) {
          INFO(set->name << " columns " << columns << " n " << n);
          std::vector<double> eta(static_cast<std::size_t>(n) + 1, 3.0), g(static_cast<std::size_t>(columns) + 1, 0.5);
          set->panel_dot(eta.data(), panel.data(), w.data(), columns, n);
          set->panel_tdot(g.data(), panel.data(), r.data(), columns, n);
          CHECK(eta.back() == 3.0);
          CHECK(g.back() == 0.5);
          for (std::int64_t i = 0; i < n; ++i) {
            double sum = 0;
            for (std::int64_t j = 0; j < columns; ++j)
              sum += panel[static_cast<std::size_t>(j * kPanelRows + i)] * w[static_cast<std::size_t>(j)];
            if (flavour == Flavour::strict) {
              REQUIRE(eta[static_cast<std::size_t>(i)] == sum);
            } else {
              REQUIRE(eta[static_cast<std::size_t>(i)] == Approx(sum).margin(1e-13));
            }
          }
          for (std::int64_t j = 0; j < columns; ++j) {
            const double sum = set->dot(panel.data() + j * kPanelRows, r.data(), n);
            REQUIRE(g[static_cast<std::size_t>(j)] == 0.5 + sum);
          }
        }
      }
    }
  }
}

TEST_CASE("a step of Adam", "[tensor][kernels]") {
  const double b1 = 0.9, b2 = 0.999, rate = 0.01, epsilon = 1e-8;
  const auto x0 = uniforms<double>(13, -1, 1, 11), g = uniforms<double>(13, -1, 1, 12);
  for (const Flavour flavour : {Flavour::fast, Flavour::strict}) {
    for (const auto* set : available_kernel_sets<double>(flavour)) {
      std::vector<double> x = x0, m(13), v(13), expected = x0, em(13), ev(13);
      for (int t = 1; t <= 3; ++t) {
        const double c1 = 1 / (1 - std::pow(b1, t)), c2 = 1 / (1 - std::pow(b2, t));
        set->adam(x.data(), m.data(), v.data(), g.data(), {rate, b1, b2, epsilon, c1, c2}, 13);
        for (std::size_t i = 0; i < x.size(); ++i) {
          em[i] = b1 * em[i] + (1 - b1) * g[i];
          ev[i] = b2 * ev[i] + (1 - b2) * g[i] * g[i];
          expected[i] -= rate * (em[i] * c1) / (std::sqrt(ev[i] * c2) + epsilon);
          CHECK(x[i] == Approx(expected[i]).epsilon(1e-13));
        }
      }
    }
  }
}
