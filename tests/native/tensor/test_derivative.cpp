#include <catch2/catch.hpp>

#include "graph_checks.hpp"

using namespace dolab;
using namespace dolab::tensor;
using namespace dolab::tensor::testing;

TEST_CASE("gradients of elementwise functions agree with finite differences") {
  const Array x = random_array({2, 7}, 1, 0.15, 0.85);
  for (int k = 0; k < kUnaryCount; ++k) {
    const auto kind = static_cast<Unary>(k);
    if (kind == Unary::trigamma || kind == Unary::logical_not || kind == Unary::is_nan || kind == Unary::is_finite)
      continue;
    INFO("unary " << k);
    check_gradient([&](const auto& in) { return unary(kind, in[0]); }, {x}, 1e-6);
  }
  const Array y = random_array({7}, 2, 1.2, 2.7);
  for (int k = 0; k < kBinaryCount; ++k) {
    const auto kind = static_cast<Binary>(k);
    if (kind >= Binary::equal && kind <= Binary::logical_xor) continue;
    if (kind == Binary::floor_divide) continue;
    INFO("binary " << k);
    check_gradient([&](const auto& in) { return binary(kind, in[0], in[1]); }, {x, y}, 1e-6);
    check_gradient([&](const auto& in) { return binary(kind, in[1], in[0]); }, {x, y}, 1e-6);
  }
}

TEST_CASE("gradients through shapes, reductions and indexing") {
  const Array a = random_array({3, 4, 5}, 3), v = random_array({5}, 4);
  check_gradient([](const auto& in) { return transpose(in[0], {2, 0, 1}) * 2.0; }, {a});
  check_gradient([](const auto& in) { return sum(in[0], {1}) + in[1]; }, {a, v});
  check_gradient([](const auto& in) { return sum(exp(in[0]), {0, 2}); }, {a});
  check_gradient([](const auto& in) { return logsumexp(in[0], {2}); }, {a});
  check_gradient([](const auto& in) { return logsumexp(in[0], {0}) * in[1]; }, {a, v});
  check_gradient([](const auto& in) { return reduce_max(in[0], {1}); }, {a});
  check_gradient([](const auto& in) { return reduce(Reduction::prod, in[0], {2}); }, {a});
  check_gradient([](const auto& in) { return slice_axis(slice_axis(in[0], 2, 4, 2, -3), 0, 1, 2); }, {a});
  check_gradient([](const auto& in) { return concat({in[0], in[0] * in[0]}, 1); }, {a});
  check_gradient([](const auto& in) { return stack({in[0], exp(in[0])}, 0); }, {v});
  check_gradient([](const auto& in) { return cumsum(in[0], 1) * cumsum(in[0], 2, true); }, {a});
  check_gradient([](const auto& in) { return broadcast_to(in[0], {3, 5}) * 3.0; }, {v});
  check_gradient([](const auto& in) { return pad_zeros(in[0], {1}, {2}) + 1.0; }, {v});
  const auto index = [](const Tensor& t) {
    return t.graph().constant(Array(DType::integer, {2, 3}, {0, 2, 2, 1, 0, -1}));
  };
  check_gradient([&](const auto& in) { return gather(in[0], index(in[0])) * gather(in[0], index(in[0])); }, {a});
  check_gradient([&](const auto& in) { return exp(gather(in[0], index(in[0]))); }, {v});
  check_gradient(
      [&](const auto& in) {
        return square(scatter_add(in[0].graph().constant(Array(DType::integer, {3}, {0, 1, 0})), in[0], 2));
      },
      {a});
}

TEST_CASE("gradients of linear algebra") {
  const Array a = random_array({2, 3, 4}, 5), b = random_array({4, 2}, 6), v = random_array({4}, 7);
  check_gradient([](const auto& in) { return matmul(in[0], in[1]); }, {a, b});
  check_gradient([](const auto& in) { return matmul(in[0], in[1]); }, {a, v});
  check_gradient([](const auto& in) { return matmul(in[0], matrix_transpose(in[0])); }, {a});
  const Array m = random_array({2, 4, 4}, 8);
  const auto positive = [](const Tensor& t) {
    return matmul(t, matrix_transpose(t)) + 3.0 * identity_matrix(t.graph(), 4);
  };
  check_gradient([&](const auto& in) { return cholesky(positive(in[0])); }, {m}, 1e-6);
  check_gradient([&](const auto& in) { return tri_solve(cholesky(positive(in[0])), in[1]); }, {m, b}, 1e-6);
  check_gradient([&](const auto& in) { return tri_solve(cholesky(positive(in[0])), in[1], true); }, {m, v}, 1e-6);
  check_gradient([&](const auto& in) { return log(diagonal(positive(in[0]))); }, {m}, 1e-6);
  check_gradient([](const auto& in) { return diagonal_matrix(in[0]) * 2.0; }, {v});
}

TEST_CASE("products with a constant design matrix run in the data loop") {
  for (const std::int64_t n : {70, 256, 1000}) {
    const Array x = random_array({n, 3}, 9);
    const Array w = random_array({3}, 10), s = random_array({}, 11, 0.5, 1.0);
    check_gradient(
        [&](const auto& in) {
          const Tensor eta = matmul(in[0].graph().constant(x), in[0]) + in[1];
          return sum(softplus(eta)) + sum(square(eta) * in[1]);
        },
        {w, s}, 1e-6);
  }
}

TEST_CASE("an untaken branch leaks neither value nor gradient") {
  Graph graph;
  const Tensor x = graph.input({3});
  const Tensor y = sum(select(x > 0.0, log(x), x));
  const auto out = evaluate({y, gradient(y, {x})[0]}, {x}, {Array::vector({-1.0, 0.0, 2.0})});
  CHECK(out[0][0] == Approx(-1.0 + std::log(2.0)));
  CHECK(out[1][0] == 1.0);
  CHECK(out[1][1] == 1.0);
  CHECK(out[1][2] == 0.5);
}

TEST_CASE("logsumexp of nothing but -inf is -inf with zero gradient") {
  Graph graph;
  const Tensor x = graph.input({2, 2});
  const Tensor y = logsumexp(x, {1});
  const auto out = evaluate({y, gradient(sum(select(y > -1e300, y, graph.scalar(0.0))), {x})[0]}, {x},
                            {Array(DType::real, {2, 2}, {-INFINITY, -INFINITY, 0.0, 0.0})});
  CHECK(out[0][0] == -INFINITY);
  CHECK(out[0][1] == Approx(std::log(2.0)));
  CHECK(out[1][0] == 0.0);
  CHECK(out[1][2] == Approx(0.5));
}

TEST_CASE("second derivatives: the gradient graph is differentiated again") {
  check_gradient(
      [](const auto& in) {
        const Tensor target = sum(exp(in[0]) * softplus(in[1])) + sum(log(square(in[0]) + 1.0));
        const auto g = gradient(target, {in[0], in[1]});
        return g[0] * g[1];
      },
      {random_array({4}, 12), random_array({4}, 13)}, 1e-6);
}
