#include <catch2/catch.hpp>

#include "graph_checks.hpp"

using namespace dolab;
using namespace dolab::tensor;
using namespace dolab::tensor::testing;

namespace {

/// A two-state forward recursion: carry (2), data (T, 2), transition (2, 2) captured.
Tensor forward_recursion(const Tensor& emission, const Tensor& log_theta) {
  const auto step = [&](const std::vector<Tensor>& c, const std::vector<Tensor>& x) {
    const Tensor next = logsumexp(expand_dims(c[0], 1) + log_theta, {0}) + x[0];
    return ScanStep{{next}, {next * 2.0}};
  };
  const std::int64_t n = emission.extent(0);
  const auto out =
      scan(emission.graph(), step, {take_axis(emission, 0, 0)}, {slice_axis(emission, 0, 1, n - 1)}, n - 1);
  return logsumexp(out.carry[0]) + 0.1 * sum(out.y[0]);
}

}  // namespace

TEST_CASE("scan: values and gradients") {
  const Array emission = random_array({6, 2}, 1), theta = random_array({2, 2}, 2);
  check_gradient([](const auto& in) { return forward_recursion(in[0], in[1]); }, {emission, theta});
  // Captures that depend on each other, a reversed loop, two carries and integer data.
  check_gradient(
      [](const auto& in) {
        Graph& graph = in[0].graph();
        const Tensor a = exp(in[0]);
        const auto step = [&](const std::vector<Tensor>& c, const std::vector<Tensor>& x) {
          const Tensor level = c[0] * a + in[0] * x[0];
          return ScanStep{{level, c[1] + square(level)}, {level - c[1]}};
        };
        const auto out = scan(graph, step, {in[1], graph.scalar(0.0)}, {arange(graph, 4)}, 4, true);
        return out.carry[1] + sum(out.y[0]);
      },
      {Array::scalar(0.3), Array::scalar(0.7)});
}

TEST_CASE("scan: second derivatives, and batches of its gradient") {
  const auto loss = [](const Tensor& a, const Tensor& start) {
    const auto step = [&](const std::vector<Tensor>& c, const std::vector<Tensor>& x) {
      const Tensor next = unary(Unary::sin, c[0] * a) + x[0];
      return ScanStep{{next}, {square(next)}};
    };
    const auto out = scan(a.graph(), step, {start}, {arange(a.graph(), 4)}, 4);
    return out.carry[0] + sum(out.y[0]);
  };
  check_gradient(
      [&](const auto& in) {
        const auto g = gradient(loss(in[0], in[1]), {in[0], in[1]});
        return g[0] * g[1] + g[0];
      },
      {Array::scalar(0.7), Array::scalar(0.2)}, 1e-6);
  Graph graph;
  const Tensor a = graph.input({}), start = graph.input({}), many = graph.input({3});
  const auto g = gradient(loss(a, start), {a});
  const Array points = Array::vector({0.1, 0.5, 0.9});
  const auto together = evaluate(batch(g, {{a.id(), many}}, 3), {many, start}, {points, Array::scalar(0.3)})[0];
  for (std::int64_t t = 0; t < 3; ++t) {
    const auto alone = evaluate(g, {a, start}, {Array::scalar(points[t]), Array::scalar(0.3)})[0];
    CHECK(together[t] == Approx(alone[0]).epsilon(1e-13));
  }
}

TEST_CASE("scan equals its unrolled loop") {
  Graph graph;
  const Tensor x = graph.input({5}), a = graph.input({});
  const auto step = [&](const std::vector<Tensor>& c, const std::vector<Tensor>& xs) {
    return ScanStep{{tanh(c[0] * a + xs[0])}, {c[0]}};
  };
  const auto out = scan(graph, step, {graph.scalar(0.0)}, {x}, 5);
  Tensor carry = graph.scalar(0.0);
  std::vector<Tensor> ys;
  for (std::int64_t t = 0; t < 5; ++t) {
    ys.push_back(carry);
    carry = tanh(carry * a + take_axis(x, 0, t));
  }
  const auto results =
      evaluate({out.carry[0], out.y[0], carry, stack(ys, 0)}, {x, a}, {random_array({5}, 3), Array::scalar(0.4)});
  CHECK(max_difference(results[0], results[2]) < 1e-15);
  CHECK(max_difference(results[1], results[3]) < 1e-15);
}

TEST_CASE("scan rejects a carry that changes shape") {
  Graph graph;
  const Tensor x = graph.input({3});
  CHECK_THROWS_WITH(scan(
                        graph,
                        [&](const auto&, const auto&) {
                          return ScanStep{{x}, {}};
                        },
                        {graph.scalar(0.0)}, {}, 2),
                    Catch::Contains("E606"));
}

TEST_CASE("batching equals a loop over the entries") {
  const std::int64_t count = 3;
  const auto model = [](Graph& graph, const Tensor& w, const Tensor& m) {
    const Tensor x = graph.constant(random_array({80, 4}, 5));
    const Tensor l = cholesky(matmul(m, matrix_transpose(m)) + 2.0 * identity_matrix(graph, 4));
    const Tensor eta = matmul(x, tri_solve(l, w, true));
    const Tensor groups = graph.constant(Array(DType::integer, {3}, {3, 0, 3}));
    const Tensor picked = gather(w, groups);
    const Tensor spread = scatter_add(groups, picked, 4);
    const auto step = [&](const std::vector<Tensor>& c, const std::vector<Tensor>& xs) {
      return ScanStep{{c[0] * 0.5 + sum(w) * xs[0]}, {c[0]}};
    };
    const auto loop = scan(graph, step, {graph.scalar(1.0)}, {picked}, 3);
    return std::vector<Tensor>{sum(softplus(eta)),
                               concat({picked, reshape(spread, {4})}, 0),
                               loop.y[0],
                               sum(exp(transpose(m, {1, 0})), {0}),
                               logsumexp(expand_dims(w, 1) + m, {0}),
                               cumsum(w, 0),
                               slice_axis(w, 0, 3, 2, -2),
                               select(w > 0.0, w, graph.scalar(0.0)),
                               pad_zeros(w, {1}, {1}),
                               broadcast_to(expand_dims(w, 1), {4, 2})};
  };
  const Array ws = random_array({count, 4}, 6), ms = random_array({count, 4, 4}, 7);
  Graph graph;
  const Tensor w = graph.input({4}), m = graph.input({4, 4});
  const Tensor many_w = graph.input({count, 4}), many_m = graph.input({count, 4, 4});
  auto outputs = model(graph, w, m);
  const auto grads = gradient(outputs[0] + sum(outputs[4]) + outputs[2].graph().scalar(0.0), {w, m});
  outputs.insert(outputs.end(), grads.begin(), grads.end());
  const auto batched = batch(outputs, {{w.id(), many_w}, {m.id(), many_m}}, count);
  const auto together = evaluate(batched, {many_w, many_m}, {ws, ms});
  for (std::int64_t t = 0; t < count; ++t) {
    Array wt(DType::real, {4}), mt(DType::real, {4, 4});
    std::copy_n(ws.data() + t * 4, 4, wt.mutable_data());
    std::copy_n(ms.data() + t * 16, 16, mt.mutable_data());
    const auto alone = evaluate(outputs, {w, m}, {wt, mt});
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      INFO("output " << i << " entry " << t);
      Array part(DType::real, outputs[i].shape());
      std::copy_n(together[i].data() + t * part.size(), part.size(), part.mutable_data());
      CHECK(max_difference(part, alone[i]) < 1e-12);
    }
  }
}

TEST_CASE("batched scatters drop what is out of range") {
  Graph graph;
  const Tensor w = graph.input({3}), many = graph.input({2, 3});
  const Tensor index = graph.constant(Array(DType::integer, {3}, {2, 0, -1}));
  const auto batched = batch({scatter_add(index, w, 2)}, {{w.id(), many}}, 2);
  const Array values(DType::real, {2, 3}, {1, 2, 4, 8, 16, 32});
  CHECK(evaluate(batched, {many}, {values}).front().to_vector() == std::vector<double>{2, 0, 16, 0});
}

TEST_CASE("random leaves read their address, whatever the batch, the chunk or the threads") {
  Graph graph;
  const RandomSite rows{site_hash("z"), 0};
  const Tensor z = random_normal(graph, rows, {10, 3});
  const auto draws = batch({z}, {}, 4)[0];
  RunContext context{77, 5, 0};
  const auto all = evaluate({draws}, {}, {}, context)[0];
  for (std::uint32_t t = 0; t < 4; ++t) {
    const auto one = evaluate({z}, {}, {}, {77, 5 + t, 0})[0];
    for (std::int64_t i = 0; i < 30; ++i) CHECK(one[i] == all[static_cast<std::int64_t>(t) * 30 + i]);
  }
  const Tensor part = random_normal(graph, rows, {4, 3});
  const auto chunk = evaluate({part}, {}, {}, {77, 5, 6})[0];
  for (std::int64_t i = 0; i < 12; ++i) CHECK(chunk[i] == all[18 + i]);

  const Tensor large = random_normal(graph, {1, 0}, {100'000});
  const Tensor target = sum(square(large) * exp(large * 0.1));
  const auto program = compile(graph, {}, {target, large});
  ThreadPool two(2);
  Executor serial(program), parallel(program, &two);
  serial.run(context);
  parallel.run(context);
  CHECK(*serial.output(0) == *parallel.output(0));
  CHECK(*serial.output(0) / 100'000 == Approx(1.0).margin(0.05));
}
