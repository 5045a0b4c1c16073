// Helpers of the tests of this room: reading the reference tables and building distributions from them.
#pragma once

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "prob/factory.hpp"
#include "tensor/execute.hpp"

namespace dolab::prob::checks {

using Json = nlohmann::json;

inline Json read_table(const std::string& path) {
  std::ifstream file(path);
  return Json::parse(file);
}

/// A number; "inf", "-inf" and "nan" are written as text.
inline double number(const Json& j) {
  if (j.is_string()) return j == "inf" ? INFINITY : (j == "-inf" ? -INFINITY : NAN);
  return j.get<double>();
}

inline void flatten(const Json& j, std::size_t depth, Shape& shape, std::vector<double>& out) {
  if (!j.is_array()) {
    out.push_back(number(j));
    return;
  }
  if (shape.size() <= depth) shape.push_back(static_cast<std::int64_t>(j.size()));
  for (const auto& item : j) flatten(item, depth + 1, shape, out);
}

inline Array array_of(const Json& j) {
  Shape shape;
  std::vector<double> values;
  flatten(j, 0, shape, values);
  return Array(DType::real, shape, values);
}

/// Makes tensors of arrays: constants, or inputs whose values are kept for the run.
struct Maker {
  Graph& graph;
  bool traced;
  std::vector<Tensor> inputs;
  std::vector<Array> values;

  Tensor operator()(const Array& a) {
    if (!traced) return graph.constant(a);
    inputs.push_back(graph.input(a.shape()));
    values.push_back(a);
    return inputs.back();
  }
};

inline bool agrees(double got, double want, double tolerance) {
  if (std::isnan(want)) return std::isnan(got);
  if (std::isinf(want)) return got == want;
  return std::abs(got - want) <= tolerance * std::max(1.0, std::abs(want));
}

DistributionPtr build(Maker& make, const Json& entry);

}  // namespace dolab::prob::checks
