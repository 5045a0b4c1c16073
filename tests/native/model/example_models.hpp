// Small models written as C++ callables, for the tests of model, infer and causal.
#pragma once

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "model/density.hpp"
#include "model/trace.hpp"
#include "prob/factory.hpp"

namespace dolab::example {

using model::Arguments;
using model::Builder;
using model::ModelFunction;
using model::SampleOptions;
using model::Scoped;
using model::Trace;
using model::TraceOptions;
using prob::DistributionPtr;
using tensor::Tensor;

inline Tensor number(Builder& b, double x) { return b.graph().scalar(x); }
inline Tensor vector(Builder& b, const std::vector<double>& x, DType dtype = DType::real) {
  return b.graph().constant(Array::vector(x, dtype));
}
inline DistributionPtr make(Builder& b, const char* family, const std::vector<Tensor>& parameters) {
  return prob::make_distribution(b.graph(), family, parameters);
}
inline DistributionPtr normal(Builder& b, const Tensor& loc, const Tensor& scale) {
  return make(b, "Normal", {loc, scale});
}
inline DistributionPtr normal(Builder& b, double loc, double scale) {
  return normal(b, number(b, loc), number(b, scale));
}
/// Observation if the argument is there.
inline SampleOptions observed(Builder& b, const Arguments& arguments, const std::string& name) {
  SampleOptions options;
  if (arguments.has(name)) options.observation = b.graph().constant(arguments.array(name));
  return options;
}

inline std::shared_ptr<Trace> traced(const ModelFunction& model, const Arguments& arguments = {},
                                     const TraceOptions& options = {}) {
  return std::make_shared<Trace>(model::trace_model(model, arguments, options));
}

inline double normal_log_density(double x, double loc, double scale) {
  const double z = (x - loc) / scale;
  return -0.5 * z * z - std::log(scale) - 0.91893853320467274178;
}

/// Rubin (1981), centred.
inline void eight_schools(Builder& b, const Arguments& arguments) {
  const Tensor sigma = b.graph().constant(arguments.array("sigma"));
  const Tensor mu = b.sample("mu", normal(b, 0.0, 5.0));
  const Tensor tau = b.sample("tau", make(b, "HalfCauchy", {number(b, 5.0)}));
  const auto schools = b.plate("J", sigma.extent(0));
  Scoped inside(b, schools);
  const Tensor theta = b.sample("theta", normal(b, mu, tau));
  b.sample("obs", normal(b, theta, sigma), observed(b, arguments, "y"));
}
inline Arguments eight_schools_data() {
  return {{"sigma", Array::vector({15, 10, 16, 11, 9, 11, 10, 18})},
          {"y", Array::vector({28, 8, -3, 7, -1, 1, 18, 12})}};
}

/// y = X beta + noise; everything is conjugate given sigma, which is data here.
inline void regression(Builder& b, const Arguments& arguments) {
  const Tensor x = b.graph().constant(arguments.array("X"));
  const Tensor beta = b.sample("beta", normal(b, 0.0, 2.0)->expand({x.extent(1)})->to_event(1));
  const Tensor mean = b.deterministic("mean", tensor::matmul(x, beta));
  Scoped rows(b, b.plate("data", x.extent(0)));
  b.sample("y", normal(b, mean, number(b, arguments.number("sigma"))), observed(b, arguments, "y"));
}
/// 40 rows, an intercept and two columns that are not orthogonal.
inline Arguments regression_data() {
  std::vector<double> x, y;
  for (int i = 0; i < 40; ++i) {
    const double a = std::sin(0.7 * i), c = 0.5 * a + std::cos(1.3 * i);
    x.insert(x.end(), {1.0, a, c});
    y.push_back(0.5 + 1.5 * a - c + 0.8 * std::sin(12.9898 * i));
  }
  return {{"X", Array(DType::real, {40, 3}, x)}, {"y", Array::vector(y)}, {"sigma", 0.7}};
}

/// Treatment, a mediator that is latent for every row, and an outcome: z -> m -> y and z -> y.
inline void mediation(Builder& b, const Arguments& arguments) {
  const std::int64_t n = arguments.integer("n");
  const Tensor effect = b.sample("effect", normal(b, 1.0, 0.5));
  Scoped rows(b, b.plate("rows", n));
  const Tensor z = b.sample("z", normal(b, 0.0, 1.0), observed(b, arguments, "z"));
  const Tensor m = b.sample("m", normal(b, 2.0 * z, number(b, 0.5)));
  const Tensor mean = b.deterministic("mean", m + effect * z);
  b.sample("y", normal(b, mean, number(b, 0.3)), observed(b, arguments, "y"));
}

}  // namespace dolab::example
