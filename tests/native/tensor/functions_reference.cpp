#include "functions_reference.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "dolab/error.hpp"
#include "tensor/execute.hpp"

namespace dolab::tensor::testing {

namespace {

using Json = nlohmann::json;

const Json& reference() {
  static const Json document = [] {
    std::ifstream file("tests/data/functions.json");
    REQUIRE(file.good());
    return Json::parse(file);
  }();
  return document;
}

double number(const Json& value) {
  if (value.is_number()) return value.get<double>();
  const auto text = value.get<std::string>();
  if (text == "nan") return std::numeric_limits<double>::quiet_NaN();
  return text == "inf" ? std::numeric_limits<double>::infinity() : -std::numeric_limits<double>::infinity();
}

Array decode(const Json& entry) {
  const auto kind = entry.at("kind").get<std::string>();
  std::vector<double> values;
  for (const auto& value : entry.at("values")) values.push_back(number(value));
  return Array(kind == "real"      ? DType::real
               : kind == "integer" ? DType::integer
                                   : DType::boolean,
               entry.at("shape").get<Shape>(), values);
}

std::vector<Array> decode_all(const Json& entries) {
  std::vector<Array> out;
  for (const auto& entry : entries) out.push_back(decode(entry));
  return out;
}

/// Differences relative to the larger of 1 and the entry itself.
void compare(const Array& got, const Array& expected, double tolerance, const std::string& what) {
  INFO(what << ", shape " << to_string(got.shape()) << ", expected " << to_string(expected.shape()));
  REQUIRE(got.shape() == expected.shape());
  CHECK(static_cast<int>(got.dtype()) == static_cast<int>(expected.dtype()));
  for (std::int64_t i = 0; i < got.size(); ++i) {
    const double a = got[i], b = expected[i];
    if (std::isnan(b) ? std::isnan(a) : a == b) continue;
    INFO("element " << i << ": " << a << ", expected " << b);
    CHECK(std::abs(a - b) <= tolerance * std::max(1.0, std::abs(b)));
  }
}

struct Traced {
  Graph graph;
  Tensors arguments, inputs, reals;
  std::vector<Array> values;
};

void trace_inputs(Traced& traced, const std::vector<Array>& inputs, const FunctionCase& test) {
  for (const auto& input : inputs) {
    const bool real = input.dtype() == DType::real;
    if (!real && !test.traced_integers) {
      traced.arguments.push_back(traced.graph.constant(input));
      continue;
    }
    traced.arguments.push_back(traced.graph.input(input.shape(), input.dtype()));
    traced.inputs.push_back(traced.arguments.back());
    traced.values.push_back(input);
    if (real) traced.reals.push_back(traced.arguments.back());
  }
}

void check_differences(Traced& traced, const Tensor& target, const std::vector<Array>& gradients) {
  Executor executor(compile(traced.graph, traced.inputs, {target}));
  std::size_t real = 0;
  for (std::size_t k = 0; k < traced.inputs.size(); ++k) executor.bind_input(k, traced.values[k].data());
  for (std::size_t k = 0; k < traced.inputs.size(); ++k) {
    if (traced.values[k].dtype() != DType::real) continue;
    const Array& gradient = gradients[real++];
    std::vector<double> moved = traced.values[k].to_vector();
    executor.bind_input(k, moved.data());
    for (std::size_t i = 0; i < moved.size(); ++i) {
      const double x = moved[i], h = 1e-5 * std::min(1.0, std::max(std::abs(x), 1e-3));
      moved[i] = x + h;
      executor.run();
      const double above = executor.output(0)[0];
      moved[i] = x - h;
      executor.run();
      const double below = executor.output(0)[0];
      moved[i] = x;
      const double slope = gradient[static_cast<std::int64_t>(i)];
      INFO("input " << k << ", element " << i << ": gradient " << slope << ", difference "
                    << (above - below) / (2 * h));
      // Truncation is of order h^2, rounding of order 1e-16 |f| / h.
      const double tolerance = 1e-5 * std::max(1.0, std::abs(slope)) + 1e-14 * std::abs(above) / h;
      CHECK(std::abs((above - below) / (2 * h) - slope) <= tolerance);
    }
    executor.bind_input(k, traced.values[k].data());
  }
}

void check_traced(const FunctionCase& test, const Json& entry) {
  Traced traced;
  trace_inputs(traced, decode_all(entry.at("inputs")), test);
  Tensors outputs = test.function(traced.arguments);
  const auto expected = decode_all(entry.at("outputs"));
  REQUIRE(outputs.size() == expected.size());
  const std::size_t count = outputs.size();
  Tensor target;
  if (!traced.reals.empty()) {
    target = weighted_total(traced.graph, outputs);
    const auto slopes = gradient(target, traced.reals);
    outputs.insert(outputs.end(), slopes.begin(), slopes.end());
  }
  const auto results = evaluate(outputs, traced.inputs, traced.values);
  for (std::size_t k = 0; k < count; ++k) compare(results[k], expected[k], 2e-12, "output " + std::to_string(k));
  if (!target.defined()) return;
  const std::vector<Array> slopes(results.begin() + static_cast<std::ptrdiff_t>(count), results.end());
  if (entry.contains("gradients")) {
    const auto reference_slopes = decode_all(entry.at("gradients"));
    REQUIRE(slopes.size() == reference_slopes.size());
    for (std::size_t k = 0; k < slopes.size(); ++k) {
      compare(slopes[k], reference_slopes[k], 1e-10, "gradient " + std::to_string(k));
    }
  }
  if (test.smooth) check_differences(traced, target, slopes);
}

/// The function batched over two points, and its gradient, are what they are at each of the points.
void check_batched(const FunctionCase& test, const Json& entry) {
  Traced traced;
  trace_inputs(traced, decode_all(entry.at("inputs")), test);
  if (traced.reals.empty()) return;
  Tensors outputs = test.function(traced.arguments);
  Replacement replacement;
  Tensors wide_inputs, wide_reals;
  std::vector<Array> wide_values, moved_values;
  for (std::size_t k = 0; k < traced.inputs.size(); ++k) {
    const Array& value = traced.values[k];
    Shape shape = value.shape();
    shape.insert(shape.begin(), 2);
    std::vector<double> first = value.to_vector(), second = first;
    if (value.dtype() == DType::real) {
      for (double& x : second) x *= 0.875;
    }
    moved_values.emplace_back(value.dtype(), value.shape(), second);
    first.insert(first.end(), second.begin(), second.end());
    wide_values.emplace_back(value.dtype(), shape, first);
    wide_inputs.push_back(traced.graph.input(shape, value.dtype()));
    if (value.dtype() == DType::real) wide_reals.push_back(wide_inputs.back());
    replacement.emplace(traced.inputs[k].id(), wide_inputs.back());
  }
  const Tensor target = weighted_total(traced.graph, outputs);
  Tensors wide = outputs;
  wide.push_back(target);
  wide = batch(wide, replacement, 2);
  const auto wide_slopes = gradient(sum(wide.back()), wide_reals);
  wide.insert(wide.end(), wide_slopes.begin(), wide_slopes.end());
  outputs.push_back(target);
  const auto slopes = gradient(target, traced.reals);
  outputs.insert(outputs.end(), slopes.begin(), slopes.end());
  const auto together = evaluate(wide, wide_inputs, wide_values);
  const auto first = evaluate(outputs, traced.inputs, traced.values);
  const auto second = evaluate(outputs, traced.inputs, moved_values);
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    const std::int64_t size = first[k].size();
    REQUIRE(together[k].size() == 2 * size);
    const double* data = together[k].data();
    compare(Array(first[k].dtype(), first[k].shape(), {data, data + size}), first[k], 1e-11, "batched, first");
    compare(Array(first[k].dtype(), first[k].shape(), {data + size, data + 2 * size}), second[k], 1e-11,
            "batched, second");
  }
}

void check_constant(const FunctionCase& test, const Json& entry) {
  Graph graph;
  Tensors arguments;
  for (const auto& input : decode_all(entry.at("inputs"))) arguments.push_back(graph.constant(input));
  const Tensors outputs = test.function(arguments);
  const auto expected = decode_all(entry.at("outputs"));
  REQUIRE(outputs.size() == expected.size());
  for (std::size_t k = 0; k < outputs.size(); ++k) {
    REQUIRE(outputs[k].is_constant());
    compare(outputs[k].value(), expected[k], 2e-12, "constant output " + std::to_string(k));
  }
}

}  // namespace

Tensor weighted_total(Graph& graph, const Tensors& outputs) {
  Tensor out = graph.scalar(0.0);
  for (const auto& output : outputs) {
    if (output.dtype() != DType::real || output.size() == 0) continue;
    Array weights(DType::real, output.shape());
    for (std::int64_t i = 0; i < weights.size(); ++i) {
      weights.mutable_data()[i] = std::cos(static_cast<double>(i + 1));
    }
    out = out + sum(output * graph.constant(weights));
  }
  return out;
}

void check_cases(const std::string& group, const std::vector<FunctionCase>& cases) {
  const Json& entries = reference().at(group);
  std::set<std::string> seen;
  for (const auto& test : cases) {
    INFO("case " << test.name);
    REQUIRE(entries.contains(test.name));
    seen.insert(test.name);
    try {
      check_traced(test, entries.at(test.name));
      check_constant(test, entries.at(test.name));
      check_batched(test, entries.at(test.name));
    } catch (const Error& error) {
      FAIL_CHECK(test.name << ": " << error.what());
    }
  }
  for (const auto& [name, entry] : entries.items()) {
    INFO("case " << name << " of the reference file is not tested");
    CHECK(seen.count(name) == 1);
  }
}

}  // namespace dolab::tensor::testing
