// Programs in single precision agree with those in double, and with themselves on any number of threads.
#include <catch2/catch.hpp>

#include "graph_checks.hpp"

using namespace dolab;
using namespace dolab::tensor;
using namespace dolab::tensor::testing;

namespace {

CompileOptions single() {
  CompileOptions options;
  options.precision = Precision::float32;
  return options;
}

/// Value and gradient of f at `at`, in double and in single precision, fused and unfused.
void check_precision(const Function& f, const std::vector<Array>& at, double tolerance) {
  Graph graph;
  std::vector<Tensor> inputs;
  for (const Array& a : at) inputs.push_back(graph.input(a.shape()));
  const Tensor value = f(inputs);
  std::vector<Tensor> outputs = gradient(sum(value), inputs);
  outputs.push_back(value);
  const RunContext context{7, 3, 0};
  const auto expected = evaluate(outputs, inputs, at, context);
  for (const bool fuse : {true, false}) {
    CompileOptions options = single();
    options.fuse = options.linear = fuse;
    const auto found = evaluate(outputs, inputs, at, context, options);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      CAPTURE(fuse, i);
      CHECK(max_difference(found[i], expected[i]) < tolerance);
      CHECK(max_difference(found[i], expected[i]) > 0.0);  // it did compute in single precision
    }
  }
}

Tensor logistic(const std::vector<Tensor>& in, std::int64_t rows) {
  Graph& graph = in[0].graph();
  const Tensor x = graph.constant(random_array({rows, 5}, 11)), y = graph.constant(random_array({rows}, 12, 0.0, 1.0));
  const Tensor eta = matmul(x, in[0]) + in[1];
  return sum(y * eta - softplus(eta)) / static_cast<double>(rows);
}

}  // namespace

TEST_CASE("float32: a design matrix in panels, small and large") {
  const std::vector<Array> at{random_array({5}, 1), Array::scalar(0.3)};
  for (const std::int64_t rows : {100, 20000}) {
    check_precision([&](const auto& in) { return logistic(in, rows); }, at, 2e-6);
  }
}

TEST_CASE("float32: a network, factors, loops, rows by number and random leaves") {
  check_precision(
      [](const auto& in) {
        Graph& graph = in[0].graph();
        const Tensor x = graph.constant(random_array({300, 8}, 21));
        const Tensor hidden = tanh(matmul(x, in[0]));
        return logsumexp(matmul(hidden, in[1]), {1});
      },
      {random_array({8, 16}, 2), random_array({16, 7}, 3)}, 2e-5);
  check_precision(
      [](const auto& in) {
        const Tensor a = matmul(in[0], matrix_transpose(in[0])) + 2.0 * identity_matrix(in[0].graph(), 6);
        const Tensor l = cholesky(a);
        return sum(log(diagonal(l))) + sum(square(tri_solve(l, in[1])));
      },
      {random_array({6, 6}, 4), random_array({6}, 5)}, 5e-5);
  check_precision(
      [](const auto& in) {
        const auto step = [&](const std::vector<Tensor>& c, const std::vector<Tensor>& x) {
          const Tensor next = tanh(c[0] * in[1] + x[0]);
          return ScanStep{{next}, {square(next)}};
        };
        const auto out = scan(in[0].graph(), step, {take_axis(in[0], 0, 0)}, {in[0]}, 40);
        return cumsum(out.y[0], 0) + out.carry[0];
      },
      {random_array({40, 3}, 6), random_array({3}, 7)}, 2e-5);
  check_precision(
      [](const auto& in) {
        Graph& graph = in[0].graph();
        Array index(DType::integer, {500});
        for (std::int64_t i = 0; i < 500; ++i) index.mutable_data()[i] = static_cast<double>(i * 7 % 20);
        const Tensor noise = random_normal(graph, {5, 0}, {500});
        return gather(exp(in[0]), graph.constant(index)) * noise;
      },
      {random_array({20}, 8)}, 2e-5);
}

TEST_CASE("float32: the same bits on any number of threads, results bound or not") {
  Graph graph;
  const std::vector<Tensor> in{graph.input({5}), graph.input({})};
  const Tensor value = logistic(in, 100000);
  const auto program = compile(graph, in, gradient(value, in), single());
  const Array w = random_array({5}, 1), b = Array::scalar(0.2);
  ThreadPool pool(2);
  Executor alone(program), shared(program, &pool);
  std::vector<double> bound(5);
  shared.bind_output(0, bound.data());
  for (Executor* executor : {&alone, &shared}) {
    executor->bind_input(0, w.data());
    executor->bind_input(1, b.data());
    executor->run();
  }
  for (std::size_t j = 0; j < 5; ++j) CHECK(bound[j] == alone.output(0)[j]);
  CHECK(shared.output(0) == bound.data());
  CHECK(shared.output(1)[0] == alone.output(1)[0]);
}

TEST_CASE("float32 refuses a table with more rows than it can number") {
  Graph graph;
  const Tensor table = graph.input({(std::int64_t{1} << 24) + 1}), index = graph.input({3}, DType::integer);
  CHECK_NOTHROW(compile(graph, {table, index}, {gather(table, index)}));
  CHECK_THROWS_WITH(compile(graph, {table, index}, {gather(table, index)}, single()), Catch::Contains("E407"));
}
