// Helpers for graph tests: random arrays, gradients against finite differences, fused against unfused.
#pragma once

#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <vector>

#include "base/philox.hpp"
#include "tensor/execute.hpp"

namespace dolab::tensor::testing {

inline Array random_array(const Shape& shape, std::uint64_t seed, double low = -1.0, double high = 1.0) {
  Array out(DType::real, shape);
  PhiloxStream stream(seed, {});
  for (std::int64_t i = 0; i < out.size(); ++i) out.mutable_data()[i] = low + (high - low) * to_uniform(stream());
  return out;
}

inline double max_difference(const Array& a, const Array& b) {
  REQUIRE(a.shape() == b.shape());
  double worst = 0.0;
  for (std::int64_t i = 0; i < a.size(); ++i) {
    if (std::isnan(a[i]) && std::isnan(b[i])) continue;
    worst = std::max(worst, std::abs(a[i] - b[i]) / std::max(1.0, std::abs(b[i])));
    if (std::isnan(a[i]) != std::isnan(b[i])) worst = INFINITY;
  }
  return worst;
}

using Function = std::function<Tensor(const std::vector<Tensor>&)>;

/// sum(w * f(x)) with fixed random weights w: its gradient against central differences, fused and unfused.
inline void check_gradient(const Function& f, const std::vector<Array>& at, double tolerance = 2e-7) {
  Graph graph;
  std::vector<Tensor> inputs;
  for (const auto& a : at) inputs.push_back(graph.input(a.shape()));
  const Tensor value = f(inputs);
  const Tensor weights = graph.constant(random_array(value.shape(), 99, 0.5, 1.5));
  const Tensor target = sum(value * weights);
  std::vector<Tensor> outputs = gradient(target, inputs);
  outputs.push_back(target);
  const auto results = evaluate(outputs, inputs, at);
  CompileOptions plain;
  plain.fuse = false;
  plain.linear = false;
  const auto unfused = evaluate(outputs, inputs, at, {}, plain);
  for (std::size_t i = 0; i < results.size(); ++i) CHECK(max_difference(results[i], unfused[i]) < 1e-12);
  const auto program = compile(graph, inputs, {target});
  Executor executor(program);
  for (std::size_t k = 0; k < at.size(); ++k) {
    for (std::int64_t i = 0; i < at[k].size(); ++i) {
      std::vector<std::vector<double>> point;
      for (const auto& a : at) point.push_back(a.to_vector());
      const double h = 1e-5 * std::max(1.0, std::abs(at[k][i]));
      double side[2];
      for (int s = 0; s < 2; ++s) {
        point[k][static_cast<std::size_t>(i)] = at[k][i] + (s == 0 ? h : -h);
        for (std::size_t j = 0; j < at.size(); ++j) executor.bind_input(j, point[j].data());
        executor.run();
        side[s] = *executor.output(0);
      }
      const double numeric = (side[0] - side[1]) / (2 * h);
      INFO("input " << k << " element " << i << " numeric " << numeric << " graph " << results[k][i]);
      CHECK(std::abs(results[k][i] - numeric) <= tolerance * std::max(1.0, std::abs(numeric)));
    }
  }
}

}  // namespace dolab::tensor::testing
