// Accuracy of the vector functions: dense against wider numbers, at chosen points against tables of 60-digit values
// (tests/data/kernels), and at the special values of IEEE 754.
#include <algorithm>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <limits>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "base/philox.hpp"
#include "tensor/kernels/kernels.hpp"
#include "tests/native/tensor/kernel_sets.hpp"

using namespace dolab;
using namespace dolab::tensor;
using namespace dolab::tensor::testing;

namespace {

double unit_in_last_place(double y) {
  const int exponent = y == 0 || !std::isfinite(y) ? -1074 : std::max(std::ilogb(y) - 52, -1074);
  return std::ldexp(1.0, exponent);
}

struct Named {
  Unary op;
  double table_limit;  ///< units in the last place, against the tables
};
const std::map<std::string, Named> kUnaryNames = {
    {"sqrt", {Unary::sqrt, 0.5}},
    {"exp", {Unary::exp, 1}},
    {"expm1", {Unary::expm1, 1}},
    {"log", {Unary::log, 1}},
    {"log1p", {Unary::log1p, 1}},
    {"sin", {Unary::sin, 2}},
    {"cos", {Unary::cos, 2}},
    {"tan", {Unary::tan, 3}},
    {"arcsin", {Unary::arcsin, 2}},
    {"arccos", {Unary::arccos, 2}},
    {"arctan", {Unary::arctan, 2}},
    {"sinh", {Unary::sinh, 2}},
    {"cosh", {Unary::cosh, 2}},
    {"tanh", {Unary::tanh, 2}},
    {"sigmoid", {Unary::sigmoid, 2}},
    {"softplus", {Unary::softplus, 2}},
    {"log_sigmoid", {Unary::log_sigmoid, 2}},
    {"erf", {Unary::erf, 2}},
    {"erfc", {Unary::erfc, 2}},
    {"erfinv", {Unary::erfinv, 5}},
    {"ndtri", {Unary::ndtri, 5}},
    {"log_ndtr", {Unary::log_ndtr, 4}},
    {"lgamma", {Unary::lgamma, 4}},
    {"digamma", {Unary::digamma, 4}},
    {"trigamma", {Unary::trigamma, 4}},
    {"log1mexp", {Unary::log1mexp, 4}},
};
struct NamedPair {
  Binary op;
  double limit;
};
const std::map<std::string, NamedPair> kBinaryNames = {
    {"power", {Binary::power, 2}}, {"arctan2", {Binary::arctan2, 2}}, {"logaddexp", {Binary::logaddexp, 2}}};

double apply(const KernelSet<double>& set, Unary op, double x) {
  double y = 0;
  set.unary[static_cast<int>(op)](&y, &x, 1);
  return y;
}
double apply(const KernelSet<double>& set, Binary op, double a, double b) {
  double y = 0;
  set.binary_vv[static_cast<int>(op)](&y, &a, &b, 1);
  return y;
}
bool same_value(double a, double b) { return (std::isnan(a) && std::isnan(b)) || a == b; }

}  // namespace

TEST_CASE("kernels agree with tables of correctly rounded values", "[tensor][kernels]") {
  std::ifstream file("tests/data/kernels/functions.txt");
  REQUIRE(file.good());
  const auto sets = all_sets();
  std::map<std::string, double> worst;
  std::string line;
  int count = 0;
  while (std::getline(file, line)) {
    std::istringstream words(line);
    std::string name, word;
    words >> name;
    std::vector<double> numbers;
    while (words >> word) numbers.push_back(std::strtod(word.c_str(), nullptr));
    const bool unary = kUnaryNames.count(name) != 0;
    REQUIRE(numbers.size() == (unary ? 3u : 4u));
    const double expected = numbers[numbers.size() - 2], rest = numbers.back();
    for (const auto* set : sets) {
      const double got = unary ? apply(*set, kUnaryNames.at(name).op, numbers[0])
                               : apply(*set, kBinaryNames.at(name).op, numbers[0], numbers[1]);
      const double error = std::abs((got - expected) / unit_in_last_place(expected) - rest);
      const double limit = unary ? kUnaryNames.at(name).table_limit : kBinaryNames.at(name).limit;
      INFO(set->name << ": " << line << " got " << got);
      CHECK(error <= limit + 1e-4);
      worst[name] = std::max(worst[name], error);
    }
    ++count;
  }
  CHECK(count > 1000);
  CHECK(worst.size() == kUnaryNames.size() + kBinaryNames.size());
}

TEST_CASE("quantiles are good to 1e-15 relative", "[tensor][kernels]") {
  std::ifstream file("tests/data/kernels/functions.txt");
  REQUIRE(file.good());
  std::string line;
  int count = 0;
  while (std::getline(file, line)) {
    std::istringstream words(line);
    std::string name, x, y;
    words >> name >> x >> y;
    if (name != "ndtri" && name != "erfinv") continue;
    const double expected = std::strtod(y.c_str(), nullptr);
    for (const auto* set : all_sets()) {
      INFO(set->name << ": " << line);
      const double got = apply(*set, kUnaryNames.at(name).op, std::strtod(x.c_str(), nullptr));
      CHECK(std::abs(got - expected) <= 1e-15 * std::abs(expected));
    }
    ++count;
  }
  CHECK(count > 50);
}

#if defined(__LDBL_MANT_DIG__) && __LDBL_MANT_DIG__ >= 64
namespace {

// From Boost, because not every C library gives these more digits than those of double: Emscripten's does not.
using Quad = boost::multiprecision::cpp_bin_float_quad;
long double exp_wide(long double x) { return static_cast<long double>(exp(Quad(x))); }
long double expm1_wide(long double x) { return static_cast<long double>(expm1(Quad(x))); }
long double log_wide(long double x) { return static_cast<long double>(log(Quad(x))); }
long double log1p_wide(long double x) { return static_cast<long double>(log1p(Quad(x))); }
long double sinh_wide(long double x) { return static_cast<long double>(sinh(Quad(x))); }
long double cosh_wide(long double x) { return static_cast<long double>(cosh(Quad(x))); }
long double tanh_wide(long double x) { return static_cast<long double>(tanh(Quad(x))); }
long double erf_wide(long double x) { return static_cast<long double>(erf(Quad(x))); }
long double erfc_wide(long double x) { return static_cast<long double>(erfc(Quad(x))); }
long double power_wide(long double x, long double y) { return static_cast<long double>(pow(Quad(x), Quad(y))); }
long double sigmoid_wide(long double x) { return 1 / (1 + exp_wide(-x)); }
long double softplus_wide(long double x) { return std::max(x, 0.0L) + log1p_wide(exp_wide(-std::abs(x))); }
long double log_sigmoid_wide(long double x) { return -softplus_wide(-x); }

struct Dense {
  const char* name;
  Unary op;
  long double (*wide)(long double);
  double low;
  double high;
  double limit;
};
const Dense kDense[] = {
    {"exp", Unary::exp, exp_wide, -1, 1, 1},
    {"exp, all exponents", Unary::exp, exp_wide, -708, 709, 1},
    {"exp, subnormal", Unary::exp, exp_wide, -745, -708, 1},
    {"expm1", Unary::expm1, expm1_wide, -2, 2, 1},
    {"expm1, all exponents", Unary::expm1, expm1_wide, -40, 709, 1},
    {"log", Unary::log, log_wide, 0.5, 2, 1},
    {"log, wide", Unary::log, log_wide, 1e-9, 1e9, 1},
    {"log1p", Unary::log1p, log1p_wide, -0.9999, 3, 1},
    {"log1p, small", Unary::log1p, log1p_wide, -1e-9, 1e-9, 1},
    {"sin", Unary::sin, std::sin, -8, 8, 1},
    {"sin, many turns", Unary::sin, std::sin, -1e5, 1e5, 1},
    {"sin, beyond the fast reduction", Unary::sin, std::sin, 1e6, 1e15, 1},
    {"cos", Unary::cos, std::cos, -8, 8, 1},
    {"cos, many turns", Unary::cos, std::cos, -1e5, 1e5, 1},
    {"cos, beyond the fast reduction", Unary::cos, std::cos, -1e15, -1e6, 1},
    {"tan", Unary::tan, std::tan, -8, 8, 3},
    {"arcsin", Unary::arcsin, std::asin, -1, 1, 2},
    {"arccos", Unary::arccos, std::acos, -1, 1, 2},
    {"arctan", Unary::arctan, std::atan, -6, 6, 1.5},
    {"sinh", Unary::sinh, sinh_wide, -3, 3, 2},
    {"sinh, wide", Unary::sinh, sinh_wide, -710, 710, 2},
    {"cosh", Unary::cosh, cosh_wide, -3, 3, 2},
    {"tanh", Unary::tanh, tanh_wide, -3, 3, 1.5},
    {"sigmoid", Unary::sigmoid, sigmoid_wide, -8, 8, 2},
    {"sigmoid, wide", Unary::sigmoid, sigmoid_wide, -700, 40, 2},
    {"softplus", Unary::softplus, softplus_wide, -8, 8, 2},
    {"log_sigmoid", Unary::log_sigmoid, log_sigmoid_wide, -30, 30, 2},
    {"erf", Unary::erf, erf_wide, -1.5, 1.5, 2},
    {"erf, wide", Unary::erf, erf_wide, -6, 6, 2},
    {"erfc", Unary::erfc, erfc_wide, -1, 2, 2},
    {"erfc, tail", Unary::erfc, erfc_wide, 2, 26, 2},
};

}  // namespace

TEST_CASE("kernels agree with wider numbers on dense samples", "[tensor][kernels]") {
  constexpr std::int64_t n = 4096;
  std::vector<double> x(n), y(n);
  std::vector<long double> exact(n);
  std::uint32_t stream = 0;
  for (const Dense& dense : kDense) {
    kernel_set<double>(Flavour::strict).uniform(x.data(), 11, {0, ++stream, 0, 0}, true, n);
    for (double& value : x) value = dense.low + (dense.high - dense.low) * value;
    for (std::size_t i = 0; i < x.size(); ++i) exact[i] = dense.wide(x[i]);
    for (const auto* set : all_sets()) {
      set->unary[static_cast<int>(dense.op)](y.data(), x.data(), n);
      double worst = 0, where = 0;
      for (std::size_t i = 0; i < x.size(); ++i) {
        const double error =
            static_cast<double>(std::abs(y[i] - exact[i])) / unit_in_last_place(static_cast<double>(exact[i]));
        if (!(error <= worst)) {
          worst = error;
          where = x[i];
        }
      }
      INFO(set->name << " " << dense.name << " worst at " << where);
      CHECK(worst <= dense.limit);
    }
  }
}

TEST_CASE("power is within two units and exact where it can be", "[tensor][kernels]") {
  constexpr std::int64_t n = 4096;
  std::vector<double> x(n), y(n), z(n);
  std::vector<long double> exact(n);
  const auto& strict = kernel_set<double>(Flavour::strict);
  strict.uniform(x.data(), 12, {0, 1, 0, 0}, true, n);
  strict.uniform(y.data(), 12, {0, 2, 0, 0}, true, n);
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = std::exp((x[i] - 0.5) * (i % 2 == 0 ? 2 : 40));
    y[i] = (y[i] - 0.5) * (i % 2 == 0 ? 1300 : 60);
    exact[i] = power_wide(x[i], y[i]);
  }
  for (const auto* set : all_sets()) {
    set->binary_vv[static_cast<int>(Binary::power)](z.data(), x.data(), y.data(), n);
    double worst = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double unit = unit_in_last_place(static_cast<double>(exact[i]));
      worst = std::max(worst, static_cast<double>(std::abs(z[i] - exact[i])) / unit);
    }
    INFO(set->name);
    CHECK(worst <= 2);
    for (int base = 2; base < 60; ++base) {
      double exact = 1;
      for (int exponent = 0; exponent < 8; ++exponent, exact *= base) {
        CHECK(apply(*set, Binary::power, -base, exponent) == (exponent % 2 == 0 ? exact : -exact));
      }
    }
  }
}
#endif

TEST_CASE("unary kernels at special values", "[tensor][kernels]") {
  const double denormal = std::numeric_limits<double>::denorm_min(), huge = std::numeric_limits<double>::max();
  struct Special {
    Unary op;
    double x;
    double y;
  };
  const Special table[] = {{Unary::exp, -kInf, 0},
                           {Unary::exp, kInf, kInf},
                           {Unary::exp, -800, 0},
                           {Unary::exp, 800, kInf},
                           {Unary::exp, 0, 1},
                           {Unary::exp, -745.2, 0},
                           {Unary::exp, -744.44, denormal},
                           {Unary::expm1, -kInf, -1},
                           {Unary::expm1, kInf, kInf},
                           {Unary::expm1, denormal, denormal},
                           {Unary::expm1, 710, kInf},
                           {Unary::log, 0, -kInf},
                           {Unary::log, -0.0, -kInf},
                           {Unary::log, kInf, kInf},
                           {Unary::log, -1, kNan},
                           {Unary::log, -kInf, kNan},
                           {Unary::log, 1, 0},
                           {Unary::log1p, -1, -kInf},
                           {Unary::log1p, -1.5, kNan},
                           {Unary::log1p, kInf, kInf},
                           {Unary::log1p, denormal, denormal},
                           {Unary::sqrt, -1, kNan},
                           {Unary::sqrt, kInf, kInf},
                           {Unary::sin, kInf, kNan},
                           {Unary::cos, -kInf, kNan},
                           {Unary::cos, 0, 1},
                           {Unary::tan, kInf, kNan},
                           {Unary::arcsin, 1.0001, kNan},
                           {Unary::arccos, -1.0001, kNan},
                           {Unary::arccos, 1, 0},
                           {Unary::arctan, kInf, std::acos(0.0)},
                           {Unary::sinh, 711, kInf},
                           {Unary::sinh, -kInf, -kInf},
                           {Unary::cosh, -711, kInf},
                           {Unary::cosh, 0, 1},
                           {Unary::tanh, kInf, 1},
                           {Unary::tanh, -40, -1},
                           {Unary::tanh, denormal, denormal},
                           {Unary::sigmoid, -kInf, 0},
                           {Unary::sigmoid, kInf, 1},
                           {Unary::sigmoid, 0, 0.5},
                           {Unary::softplus, -kInf, 0},
                           {Unary::softplus, kInf, kInf},
                           {Unary::softplus, huge, huge},
                           {Unary::log_sigmoid, -kInf, -kInf},
                           {Unary::log_sigmoid, kInf, 0},
                           {Unary::erf, kInf, 1},
                           {Unary::erf, -kInf, -1},
                           {Unary::erfc, kInf, 0},
                           {Unary::erfc, -kInf, 2},
                           {Unary::erfc, 28, 0},
                           {Unary::erfinv, 1, kInf},
                           {Unary::erfinv, -1, -kInf},
                           {Unary::erfinv, 1.1, kNan},
                           {Unary::ndtri, 0, -kInf},
                           {Unary::ndtri, 1, kInf},
                           {Unary::ndtri, -0.1, kNan},
                           {Unary::ndtri, 1.1, kNan},
                           {Unary::ndtri, 0.5, 0},
                           {Unary::log_ndtr, kInf, 0},
                           {Unary::log_ndtr, -kInf, -kInf},
                           {Unary::lgamma, 0, kInf},
                           {Unary::lgamma, -3, kInf},
                           {Unary::lgamma, kInf, kInf},
                           {Unary::lgamma, 1, 0},
                           {Unary::lgamma, 2, 0},
                           {Unary::digamma, 0, -kInf},
                           {Unary::digamma, -2, kNan},
                           {Unary::digamma, kInf, kInf},
                           {Unary::trigamma, 0, kInf},
                           {Unary::trigamma, kInf, 0},
                           {Unary::log1mexp, 0, -kInf},
                           {Unary::log1mexp, kInf, 0},
                           {Unary::log1mexp, -1, kNan},
                           {Unary::reciprocal, -0.0, -kInf},
                           {Unary::sign, -3, -1},
                           {Unary::sign, 0, 0},
                           {Unary::round, 2.5, 2},
                           {Unary::round, -3.5, -4},
                           {Unary::floor, -0.5, -1},
                           {Unary::ceil, 1e300, 1e300},
                           {Unary::logical_not, 0, 1},
                           {Unary::logical_not, kNan, 0},
                           {Unary::is_nan, kNan, 1},
                           {Unary::is_nan, kInf, 0},
                           {Unary::is_finite, kInf, 0},
                           {Unary::is_finite, huge, 1}};
  for (const auto* set : all_sets()) {
    for (const Special& s : table) {
      INFO(set->name << " unary " << static_cast<int>(s.op) << " at " << s.x);
      CHECK(same_value(apply(*set, s.op, s.x), s.y));
    }
    for (int op = 0; op < kUnaryCount; ++op) {
      if (op >= static_cast<int>(Unary::logical_not)) continue;
      INFO(set->name << " unary " << op);
      CHECK(std::isnan(apply(*set, static_cast<Unary>(op), kNan)));
    }
    for (const Unary op :
         {Unary::expm1, Unary::log1p, Unary::sin, Unary::tan, Unary::arcsin, Unary::arctan, Unary::sinh, Unary::tanh,
          Unary::erf, Unary::erfinv, Unary::sqrt, Unary::floor, Unary::round, Unary::sign}) {
      INFO(set->name << " unary " << static_cast<int>(op));
      CHECK(std::signbit(apply(*set, op, -0.0)));
      CHECK(!std::signbit(apply(*set, op, 0.0)));
    }
  }
}

TEST_CASE("binary kernels at special values", "[tensor][kernels]") {
  const double values[] = {0.0, -0.0, 1,    -1,    2,    -2,     0.5,   -0.5,   3,
                           -3,  7.25, kInf, -kInf, kNan, 1e-310, 1e300, -1e300, 1e17};
  const auto python_modulo = [](double x, double y) {
    const double r = std::fmod(x, y);
    if (r == 0) return std::copysign(0.0, y);
    return (r < 0) != (y < 0) ? r + y : r;
  };
  for (const auto* set : all_sets()) {
    for (const double x : values) {
      for (const double y : values) {
        INFO(set->name << " at " << x << ", " << y);
        const double power = apply(*set, Binary::power, x, y), expected = std::pow(x, y);
        CHECK((same_value(power, expected) || std::abs(power - expected) <= 4e-16 * std::abs(expected)));
        CHECK((expected != 0 || std::signbit(power) == std::signbit(expected)));
        const double angle = apply(*set, Binary::arctan2, x, y), true_angle = std::atan2(x, y);
        CHECK((same_value(angle, true_angle) || std::abs(angle - true_angle) <= 5e-16));
        CHECK((std::isnan(angle) || std::signbit(angle) == std::signbit(true_angle)));
        CHECK(same_value(apply(*set, Binary::modulo, x, y), python_modulo(x, y)));
        if (std::isfinite(x) && std::isfinite(y) && y != 0 && std::abs(x / y) < 1e15) {
          CHECK(apply(*set, Binary::floor_divide, x, y) == std::floor((x - python_modulo(x, y)) / y + 0.5));
        }
        const bool nan = std::isnan(x) || std::isnan(y);
        CHECK(same_value(apply(*set, Binary::minimum, x, y), nan ? kNan : std::min(x, y)));
        CHECK(same_value(apply(*set, Binary::maximum, x, y), nan ? kNan : std::max(x, y)));
        CHECK(apply(*set, Binary::equal, x, y) == (x == y));
        CHECK(apply(*set, Binary::not_equal, x, y) == (x != y));
        CHECK(apply(*set, Binary::less, x, y) == (x < y));
        CHECK(apply(*set, Binary::less_equal, x, y) == (x <= y));
        CHECK(apply(*set, Binary::logical_and, x, y) == (x != 0 && y != 0));
        CHECK(apply(*set, Binary::logical_or, x, y) == (x != 0 || y != 0));
        CHECK(apply(*set, Binary::logical_xor, x, y) == ((x != 0) != (y != 0)));
      }
    }
    CHECK(apply(*set, Binary::floor_divide, 1, 0) == kInf);
    CHECK(apply(*set, Binary::logaddexp, -kInf, -kInf) == -kInf);
    CHECK(apply(*set, Binary::logaddexp, -kInf, 3) == 3);
    CHECK(apply(*set, Binary::logaddexp, kInf, kInf) == kInf);
    CHECK(std::isnan(apply(*set, Binary::logaddexp, kNan, 1)));
    CHECK(apply(*set, Binary::xlogy, 0, 0) == 0);
    CHECK(apply(*set, Binary::xlogy, 0, -1) == 0);
    CHECK(std::isnan(apply(*set, Binary::xlogy, 0, kNan)));
    CHECK(apply(*set, Binary::xlogy, 2, 0) == -kInf);
    CHECK(apply(*set, Binary::xlog1py, 0, -1) == 0);
    CHECK(apply(*set, Binary::xlog1py, 3, 0.5) == Approx(3 * std::log1p(0.5)).epsilon(1e-15));
  }
}

TEST_CASE("f32 kernels round the f64 value", "[tensor][kernels]") {
  const auto& wide = kernel_set<double>(Flavour::strict);
  for (const auto* set : available_kernel_sets<float>(Flavour::strict)) {
    for (int op = 0; op < kUnaryCount; ++op) {
      for (const float x : {0.7f, 0.01f, 0.99f, -0.3f, 12.5f, -88.0f, 1e-40f, 3e38f}) {
        float y = 0;
        set->unary[op](&y, &x, 1);
        const float expected = static_cast<float>(apply(wide, static_cast<Unary>(op), x));
        INFO(set->name << " unary " << op << " at " << x);
        CHECK(same_value(y, expected));
      }
    }
  }
}
