// Kernels of the tests of ImpactModel, written against the public headers alone.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "dolab/impact_model.hpp"

namespace dolab::impact_example {

inline const Array kFiveRows = Array::vector({-1.0, 0.0, 0.5, 1.0, 2.0});

/// y = X b + noise. `mu` is deterministic.
inline Kernel linear() {
  return make_kernel("linear", {"X", {"y", kNone}}, [](ModelBuilder& m, const Arguments& data) {
    const Value x = data.array("X");
    const Value b = m.sample("b", Distribution("Normal", {0, 1}).expand({x.extent(1)}).to_event(1));
    const Value sigma = m.sample("sigma", {"Exponential", {1}});
    const Value mu = m.deterministic("mu", matmul(x, b));
    const Plate rows = m.plate("rows", x.extent(0));
    m.sample("y", {"Normal", {mu, sigma}}, m.data(data, "y"));
  });
}

/// The same without the deterministic site; the plate rescales a batch of the population of `population` rows.
inline Kernel linear_subsample(std::int64_t population) {
  return make_kernel("lm_subsample", {"X", {"y", kNone}}, [population](ModelBuilder& m, const Arguments& data) {
    const Value x = data.array("X");
    const Value b = m.sample("b", Distribution("Normal", {0, 1}).expand({x.extent(1)}).to_event(1));
    const Value sigma = m.sample("sigma", {"Exponential", {1}});
    const Plate rows = m.plate("rows", population, x.extent(0));
    m.sample("y", {"Normal", {matmul(x, b), sigma}}, m.data(data, "y"));
  });
}

/// X -> m -> y and X -> y, with m latent for every row unless its data are given.
inline Kernel mediation() {
  return make_kernel("mediation", {"X", {"M", kNone}, {"y", kNone}}, [](ModelBuilder& m, const Arguments& data) {
    const Value x = data.array("X");
    const Value direct = m.sample("direct", {"Normal", {0, 1}});
    const Plate rows = m.plate("rows", x.extent(0));
    const Value t = m.sample("t", {"Normal", {0, 1}}, x);
    const Value mediator = m.sample("m", {"Normal", {2.0 * t, 0.5}}, m.data(data, "M"));
    const Value mean = m.deterministic("mean", mediator + direct * t);
    m.sample("y", {"Normal", {mean, 0.3}}, m.data(data, "y"));
  });
}

/// The same with the treatment as an input and no site of its own.
inline Kernel mediation_of_input() {
  return make_kernel("mediation_of_input", {"X", {"y", kNone}}, [](ModelBuilder& m, const Arguments& data) {
    const Value x = data.array("X");
    const Value direct = m.sample("direct", {"Normal", {0, 1}});
    const Plate rows = m.plate("rows", x.extent(0));
    const Value mediator = m.sample("m", {"Normal", {2.0 * x, 0.5}});
    m.sample("y", {"Normal", {mediator + direct * x, 0.3}}, m.data(data, "y"));
  });
}

/// Two outcomes for every row.
inline Kernel two_outputs() {
  return make_kernel("two_outputs", {"X", {"y", kNone}}, [](ModelBuilder& m, const Arguments& data) {
    const Value x = data.array("X");
    const Value w = m.sample("w", Distribution("Normal", {0, 1}).expand({2}).to_event(1));
    const Value mu = reshape(x, {-1, 1}) * w;
    const Plate rows = m.plate("rows", x.extent(0));
    m.sample("y", Distribution("Normal", {mu, 0.5}).to_event(1), m.data(data, "y"));
  });
}

/// Zero inflation: a factor with data, a simulation without.
inline Kernel two_branches() {
  return make_kernel("two_branches", {"X", {"y", kNone}}, [](ModelBuilder& m, const Arguments& data) {
    const Value x = data.array("X");
    const Value rate = m.sample("rate", {"LogNormal", {0, 0.5}});
    const Plate rows = m.plate("rows", x.extent(0));
    if (data.has("y")) {
      const Value y = data.array("y");
      m.factor("y", y * log(rate) - rate);
    } else {
      const Value count = m.sample("count", {"Poisson", {rate}});
      m.deterministic("y", count + 0.0 * x);
    }
  });
}

/// 60 rows of y = 0.5 + 1.5 x - noise of sd 0.4, the noise a fixed sequence.
struct LinearData {
  Array X, y;
};
inline LinearData linear_data(std::int64_t rows = 60) {
  std::vector<double> x, y;
  for (std::int64_t i = 0; i < rows; ++i) {
    const double t = std::sin(0.7 * static_cast<double>(i));
    x.insert(x.end(), {1.0, t});
    y.push_back(0.5 + 1.5 * t + 0.4 * std::sin(12.9898 * static_cast<double>(i)));
  }
  return {Array(DType::real, {rows, 2}, x), Array::vector(y)};
}

inline SviSettings quick_svi() {
  SviSettings svi;
  svi.step_size = 0.02;
  return svi;
}
inline NutsSettings quick_nuts() {
  NutsSettings nuts;
  nuts.chains = 2;
  nuts.warmup = 400;
  nuts.draws = 400;
  return nuts;
}
inline ModelSettings with_seed(std::uint64_t seed, int threads = 1) {
  ModelSettings settings;
  settings.seed = seed;
  settings.threads = threads;
  return settings;
}

inline double mean_of(const Array& values) {
  double total = 0.0;
  for (std::int64_t i = 0; i < values.size(); ++i) total += values[i];
  return total / static_cast<double>(values.size());
}

/// Code of the error that `action` throws; "" if none.
template <class Action>
std::string code_of(Action&& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  return "";
}

/// Two trees hold the same bits.
inline bool identical(const DrawGroup& a, const DrawGroup& b) {
  if (a.sites.size() != b.sites.size()) return false;
  for (std::size_t i = 0; i < a.sites.size(); ++i) {
    if (a.sites[i].name != b.sites[i].name || !a.sites[i].values.identical(b.sites[i].values)) return false;
  }
  return true;
}

}  // namespace dolab::impact_example
