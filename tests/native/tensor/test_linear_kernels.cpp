// Dense products, Cholesky factors and triangular solves on every instruction set: componentwise error bounds (Higham
// 2002, "Accuracy and Stability of Numerical Algorithms"; gamma_k = k u / (1 - k u)), nothing written outside, strict
// bits the same everywhere and in every thread.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "base/philox.hpp"
#include "platform.hpp"
#include "tensor/kernels/kernels.hpp"

using namespace dolab;
using namespace dolab::tensor;

namespace {

constexpr Flavour kFlavours[] = {Flavour::fast, Flavour::strict};

template <class T>
std::vector<T> uniforms(std::int64_t n, std::uint32_t stream) {
  std::vector<T> x(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < x.size(); ++i)
    x[i] = static_cast<T>(2 * to_uniform(philox(11, {static_cast<std::uint32_t>(i), stream, 0, 0})[0]) - 1);
  return x;
}

template <class T>
long double gamma_of(std::int64_t k) {
  const long double u = std::numeric_limits<T>::epsilon() / 2;
  return static_cast<long double>(k) * u / (1 - static_cast<long double>(k) * u);
}

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

/// An array between two guards, one element off any alignment.
template <class T>
class Guarded {
 public:
  explicit Guarded(std::int64_t n) : n_(n), data_(static_cast<std::size_t>(n) + 2 * kGuard, kMark) {}
  T* data() { return data_.data() + kGuard; }
  std::vector<T> values() const { return {data_.begin() + kGuard, data_.end() - kGuard}; }
  bool untouched_outside() const {
    for (std::int64_t i = 0; i < kGuard; ++i) {
      if (data_[static_cast<std::size_t>(i)] != kMark || data_[static_cast<std::size_t>(n_ + kGuard + i)] != kMark)
        return false;
    }
    return true;
  }

 private:
  static constexpr std::int64_t kGuard = 33;
  static constexpr T kMark = T(-77);
  std::int64_t n_;
  std::vector<T> data_;
};

/// Calls f(set, name) for every set of both flavours.
template <class T, class F>
void for_each_set(F f) {
  for (const Flavour flavour : kFlavours) {
    for (const KernelSet<T>* set : available_kernel_sets<T>(flavour))
      f(*set,
        std::string(set->name) + (flavour == Flavour::fast ? " fast" : " strict") + (sizeof(T) == 8 ? " f64" : " f32"));
  }
}

// ---- products -------------------------------------------------------------------------------------------------------
struct Product {
  ProductShape shape;
  std::string name() const {
    return std::to_string(shape.n) + "x" + std::to_string(shape.k) + "x" + std::to_string(shape.m) +
           (shape.a_transposed ? " A^T" : "") + (shape.b_transposed ? " B^T" : "");
  }
};

std::vector<Product> products() {
  std::vector<Product> all;
  const auto add = [&](std::int64_t n, std::int64_t k, std::int64_t m) {
    for (int t = 0; t < 4; ++t) all.push_back({{n, k, m, (t & 1) != 0, (t & 2) != 0}});
  };
  const std::int64_t sizes[] = {0, 1, 2, 3, 7, 8, 9, 17};
  for (const std::int64_t n : sizes) {
    for (const std::int64_t k : sizes) {
      for (const std::int64_t m : sizes) add(n, k, m);
    }
  }
  add(11, 11, 11);
  add(31, 33, 31);
  add(64, 64, 64);
  add(97, 31, 50);
  // Beyond one block of k, of rows, of columns; wide and tall; vectors.
  add(101, 300, 40);
  add(200, 90, 70);
  add(9, 20, 1100);
  add(33, 600, 5);
  add(1, 300, 700);
  add(700, 300, 1);
  add(1, 1000, 1);
  add(50, 1024, 1);
  return all;
}

template <class T>
void check_product(const KernelSet<T>& set, const std::string& name, const Product& p) {
  const auto [n, k, m, ta, tb] = p.shape;
  const std::vector<T> a = uniforms<T>(n * k, 1), b = uniforms<T>(k * m, 2);
  Guarded<T> c(n * m);
  set.multiply(c.data(), a.data(), b.data(), p.shape);
  const long double bound = gamma_of<T>(k);
  std::int64_t wrong = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < m; ++j) {
      long double sum = 0, size = 0;
      for (std::int64_t l = 0; l < k; ++l) {
        const long double x = a[static_cast<std::size_t>(ta ? l * n + i : i * k + l)];
        const long double term = x * b[static_cast<std::size_t>(tb ? j * k + l : l * m + j)];
        sum += term;
        size += std::fabs(term);
      }
      // 1e-18 relative: the reference itself.
      if (!(std::fabs(c.data()[i * m + j] - sum) <= (bound + 1e-18L * static_cast<long double>(k)) * size)) ++wrong;
    }
  }
  INFO(name << " " << p.name() << ": " << wrong << " elements outside the bound");
  CHECK(wrong == 0);
  CHECK(c.untouched_outside());
}

template <class T>
void check_products() {
  const std::vector<Product> all = products();
  for_each_set<T>([&](const KernelSet<T>& set, const std::string& name) {
    for (const Product& p : all) check_product(set, name, p);
  });
}

// ---- factors --------------------------------------------------------------------------------------------------------
const std::int64_t kOrders[] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,   11,  13,
                                16, 17, 24, 25, 31, 47, 63, 64, 65, 100, 130, 193};

/// Positive definite, not symmetric: what counts is (A + A^T) / 2.
template <class T>
std::vector<T> positive(std::int64_t n) {
  const std::vector<T> x = uniforms<T>(n * n, 3), skew = uniforms<T>(n * n, 4);
  std::vector<T> a(x.size());
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      double sum = i == j ? 1.0 : 0.0;
      for (std::int64_t k = 0; k < n; ++k)
        sum += static_cast<double>(x[static_cast<std::size_t>(i * n + k)]) * x[static_cast<std::size_t>(j * n + k)];
      const double s = i < j   ? skew[static_cast<std::size_t>(i * n + j)]
                       : i > j ? -skew[static_cast<std::size_t>(j * n + i)]
                               : 0.0;
      a[static_cast<std::size_t>(i * n + j)] = static_cast<T>(sum + s);
    }
  }
  return a;
}

/// |L L^T - (A + A^T) / 2| <= gamma_{n+3} |L| |L^T|: Higham's theorem 10.3, two more for the reciprocal, and one
/// rounding of the mean.
template <class T>
void check_cholesky(const KernelSet<T>& set, const std::string& name, std::int64_t n) {
  const std::vector<T> a = positive<T>(n);
  Guarded<T> l(n * n);
  set.cholesky(l.data(), a.data(), n);
  std::int64_t wrong = 0, above = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      if (j > i && !(l.data()[i * n + j] == T(0))) ++above;
      long double sum = 0, size = 0;
      for (std::int64_t k = 0; k <= std::min(i, j); ++k) {
        const long double term = static_cast<long double>(l.data()[i * n + k]) * l.data()[j * n + k];
        sum += term;
        size += std::fabs(term);
      }
      const long double mean =
          (static_cast<long double>(a[static_cast<std::size_t>(i * n + j)]) + a[static_cast<std::size_t>(j * n + i)]) /
          2;
      if (!(std::fabs(sum - mean) <= gamma_of<T>(n + 3) * size + gamma_of<T>(2) * std::fabs(mean))) ++wrong;
    }
  }
  INFO(name << " n = " << n << ": " << wrong << " elements outside the bound, " << above << " not zero");
  CHECK(wrong == 0);
  CHECK(above == 0);
  CHECK(l.untouched_outside());
  std::vector<T> in_place = a;
  set.cholesky(in_place.data(), in_place.data(), n);
  CHECK(same_bits(in_place, l.values()));
}

/// A row-wise diagonally heavy L, its unused upper triangle NaN.
template <class T>
std::vector<T> lower(std::int64_t n) {
  std::vector<T> l = uniforms<T>(n * n, 5);
  for (std::int64_t i = 0; i < n; ++i) {
    l[static_cast<std::size_t>(i * n + i)] += i % 3 == 0 ? T(-3) : T(3);
    for (std::int64_t j = i + 1; j < n; ++j)
      l[static_cast<std::size_t>(i * n + j)] = std::numeric_limits<T>::quiet_NaN();
  }
  return l;
}

/// |L X - B| <= gamma_{n+2} |L| |X|: Higham's theorem 8.5, one more for the reciprocal.
template <class T>
void check_solve(const KernelSet<T>& set, const std::string& name, SolveShape s) {
  const std::int64_t n = s.n, m = s.m;
  const std::vector<T> l = lower<T>(n), b = uniforms<T>(n * m, 6);
  Guarded<T> x(n * m);
  set.tri_solve(x.data(), l.data(), b.data(), s);
  std::int64_t wrong = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < m; ++j) {
      long double sum = 0, size = 0;
      for (std::int64_t k = s.transposed ? i : 0; k < (s.transposed ? n : i + 1); ++k) {
        const long double factor = l[static_cast<std::size_t>(s.transposed ? k * n + i : i * n + k)];
        sum += factor * x.data()[k * m + j];
        size += std::fabs(factor * x.data()[k * m + j]);
      }
      if (!(std::fabs(sum - b[static_cast<std::size_t>(i * m + j)]) <= gamma_of<T>(n + 2) * size)) ++wrong;
    }
  }
  INFO(name << " n = " << n << ", m = " << m << (s.transposed ? " L^T: " : " L: ") << wrong << " outside the bound");
  CHECK(wrong == 0);
  CHECK(x.untouched_outside());
  std::vector<T> in_place = b;
  set.tri_solve(in_place.data(), l.data(), in_place.data(), s);
  CHECK(same_bits(in_place, x.values()));
}

template <class T>
void for_each_solve(const std::function<void(SolveShape)>& f) {
  for (const std::int64_t n : kOrders) {
    for (const std::int64_t m : {0, 1, 2, 7, 8, 9, 31, 70}) {
      for (const bool transposed : {false, true}) f({n, m, transposed});
    }
  }
}

/// The matrix of order n with pivot `at` not positive: every factor is NaN on and below its diagonal.
template <class T>
void check_failure(const KernelSet<T>& set, const std::string& name, std::int64_t n, std::int64_t at, T diagonal) {
  std::vector<T> a = positive<T>(n), l(a.size());
  a[static_cast<std::size_t>(at * n + at)] = diagonal;
  set.cholesky(l.data(), a.data(), n);
  std::int64_t wrong = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      const T x = l[static_cast<std::size_t>(i * n + j)];
      if (j <= i ? !std::isnan(x) : !(x == T(0))) ++wrong;
    }
  }
  INFO(name << " n = " << n << ", pivot " << at << " from " << diagonal);
  CHECK(wrong == 0);
}

// ---- bits -----------------------------------------------------------------------------------------------------------
/// Results of a set over products, factors and solves, one after another.
template <class T>
std::vector<T> everything(const KernelSet<T>& set) {
  std::vector<T> all;
  const auto keep = [&](const std::vector<T>& x) { all.insert(all.end(), x.begin(), x.end()); };
  for (const Product& p : products()) {
    const auto [n, k, m, ta, tb] = p.shape;
    std::vector<T> c(static_cast<std::size_t>(n * m));
    set.multiply(c.data(), uniforms<T>(n * k, 7).data(), uniforms<T>(k * m, 8).data(), p.shape);
    keep(c);
  }
  for (const std::int64_t n : kOrders) {
    const std::vector<T> a = positive<T>(n);
    std::vector<T> l(a.size());
    set.cholesky(l.data(), a.data(), n);
    keep(l);
  }
  for_each_solve<T>([&](SolveShape s) {
    std::vector<T> x(static_cast<std::size_t>(s.n * s.m));
    set.tri_solve(x.data(), lower<T>(s.n).data(), uniforms<T>(s.n * s.m, 9).data(), s);
    keep(x);
  });
  return all;
}

template <class T>
void check_strict_products() {
  const auto sets = available_kernel_sets<T>(Flavour::strict);
  const std::vector<T> expected = everything(*sets[0]);
  for (std::size_t i = 1; i < sets.size(); ++i) {
    const std::vector<T> found = everything(*sets[i]);
    REQUIRE(found.size() == expected.size());
    std::size_t at = 0;
    while (at < found.size() && std::memcmp(&found[at], &expected[at], sizeof(T)) == 0) ++at;
    INFO(sets[i]->name << " differs from " << sets[0]->name << " at " << at << " of " << found.size());
    CHECK(at == found.size());
  }
}

}  // namespace

TEST_CASE("dense products are within gamma_k |A| |B| on every instruction set", "[linear]") {
  check_products<double>();
  check_products<float>();
}

TEST_CASE("a Cholesky factor gives its matrix back on every instruction set", "[linear]") {
  for_each_set<double>([](const auto& set, const std::string& name) {
    for (const std::int64_t n : kOrders) check_cholesky(set, name, n);
  });
  for_each_set<float>([](const auto& set, const std::string& name) {
    for (const std::int64_t n : kOrders) check_cholesky(set, name, n);
  });
}

TEST_CASE("a triangular solve gives its right-hand side back on every instruction set", "[linear]") {
  for_each_set<double>([](const auto& set, const std::string& name) {
    for_each_solve<double>([&](SolveShape s) { check_solve(set, name, s); });
  });
  for_each_set<float>([](const auto& set, const std::string& name) {
    for_each_solve<float>([&](SolveShape s) { check_solve(set, name, s); });
  });
}

TEST_CASE("a matrix that is not positive definite has a factor of NaN", "[linear]") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for_each_set<double>([&](const auto& set, const std::string& name) {
    for (const std::int64_t n : {1, 2, 5, 11, 64, 65, 150}) {
      for (const std::int64_t at : {std::int64_t{0}, n / 2, n - 1}) {
        for (const double diagonal : {-1.0, nan}) check_failure(set, name, n, at, diagonal);
      }
      check_failure(set, name, n, 0, 0.0);
    }
  });
  for_each_set<float>([&](const auto& set, const std::string& name) { check_failure(set, name, 70, 66, -1.0f); });
}

TEST_CASE("strict dense kernels give the same bits on every instruction set", "[linear]") {
  check_strict_products<double>();
  check_strict_products<float>();
}

#if DOLAB_TEST_THREADS

namespace {

template <class T>
void check_threads() {
  const KernelSet<T>& set = kernel_set<T>(Flavour::fast);
  const std::vector<T> alone = everything(set);
  std::vector<T> found[2];
  std::thread threads[2];
  for (int i = 0; i < 2; ++i) threads[i] = std::thread([&set, &found, i] { found[i] = everything(set); });
  for (std::thread& t : threads) t.join();
  CHECK(same_bits(found[0], alone));
  CHECK(same_bits(found[1], alone));
}

}  // namespace

TEST_CASE("dense kernels give the same bits in two threads at once", "[linear]") {
  check_threads<double>();
  check_threads<float>();
}

#endif

TEST_CASE("a product over nothing is zero and a 2 x 2 factor is exact", "[linear]") {
  for_each_set<double>([](const auto& set, const std::string& name) {
    INFO(name);
    std::vector<double> c(6, 5.0), l(4);
    set.multiply(c.data(), nullptr, nullptr, {2, 0, 3, false, false});
    CHECK(c == std::vector<double>(6, 0.0));
    const double a[] = {4, 2, 2, 10}, b[] = {2, 10};
    set.cholesky(l.data(), a, 2);
    CHECK(l == std::vector<double>{2, 0, 1, 3});
    double x[2];
    set.tri_solve(x, l.data(), b, {2, 1, false});
    CHECK(x[0] == 1.0);
    CHECK(x[1] == 3.0);
  });
}
