// Comparison of traces: what differs, and what is only other data.
#include <catch2/catch.hpp>

#include "model/compare.hpp"
#include "tests/native/model/example_models.hpp"

using namespace dolab;
using namespace dolab::example;

namespace {

/// y ~ N(w . x, 1) with rows of x weighed by a constant table.
void weighed(Builder& b, const Arguments& arguments) {
  const Tensor x = b.graph().constant(arguments.array("x"));
  const Tensor w = b.sample("w", normal(b, 0.0, 1.0));
  Scoped rows(b, b.plate("rows", x.extent(0)));
  b.sample("y", normal(b, w * x * vector(b, {1, 1, 1}), number(b, 1.0)), observed(b, arguments, "y"));
}

/// The mean follows a value of x that is read while the model is traced.
void reading(Builder& b, const Arguments& arguments) {
  const Tensor x = b.graph().constant(arguments.array("x"));
  const double largest = tensor::reduce_max(x).value().item();
  const Tensor w = b.sample("w", normal(b, 0.0, 1.0));
  Scoped rows(b, b.plate("rows", x.extent(0)));
  b.sample("y", normal(b, w * x + largest, number(b, 1.0)), observed(b, arguments, "y"));
}

Arguments data(const std::vector<double>& x, const std::vector<double>& y) {
  return {{"x", Array::vector(x)}, {"y", Array::vector(y)}};
}

bool only_data_differ(const ModelFunction& model, const Arguments& a, const Arguments& b) {
  const auto arrays = [](const Arguments& arguments) {
    return std::vector<Array>{arguments.array("x"), arguments.array("y")};
  };
  return model::same_but_for(model::trace_model(model, a), arrays(a), model::trace_model(model, b), arrays(b));
}

}  // namespace

TEST_CASE("differences of traces are sites with other distributions and other observations", "[model]") {
  const auto compare = [](const Arguments& a, const Arguments& b) {
    return model::compare_traces(model::trace_model(weighed, a), model::trace_model(weighed, b));
  };
  const Arguments base = data({1, 2, 3}, {4, 5, 6});
  CHECK(compare(base, data({1, 2, 3}, {4, 5, 6})).direct.empty());
  CHECK(compare(base, data({1, 2, 3}, {4, 5, 6})).treated.empty());
  CHECK(compare(base, data({1, 2, 4}, {4, 5, 6})).direct == std::set<std::string>{"y"});
  CHECK(compare(base, data({1, 2, 4}, {4, 5, 6})).treated.empty());
  CHECK(compare(base, data({1, 2, 3}, {4, 5, 7})).direct.empty());
  CHECK(compare(base, data({1, 2, 3}, {4, 5, 7})).treated == std::set<std::string>{"y"});
}

TEST_CASE("two batches of one model differ in their data alone", "[model]") {
  CHECK(only_data_differ(weighed, data({1, 2, 3}, {4, 5, 6}), data({7, 8, 9}, {1, 0, 1})));
  // A value that was read while tracing is part of the model.
  CHECK_FALSE(only_data_differ(reading, data({1, 2, 3}, {4, 5, 6}), data({7, 8, 9}, {1, 0, 1})));
  CHECK(only_data_differ(reading, data({1, 2, 9}, {4, 5, 6}), data({7, 8, 9}, {1, 0, 1})));
  // Data that cannot be told from a constant of the model, and two arrays with one content.
  CHECK_FALSE(only_data_differ(weighed, data({1, 1, 1}, {4, 5, 6}), data({7, 8, 9}, {1, 0, 1})));
  CHECK_FALSE(only_data_differ(weighed, data({4, 5, 6}, {4, 5, 6}), data({7, 8, 9}, {1, 0, 1})));
  CHECK_FALSE(only_data_differ(weighed, data({1, 2, 3}, {4, 5, 6}), data({1, 2, 3}, {1, 0, 1})));
}
