#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "dolab/error.hpp"
#include "functions_reference.hpp"
#include "tensor/execute.hpp"
#include "tensor/functions/linear.hpp"

namespace dolab::tensor {

namespace {

using testing::FunctionCase;
using testing::Tensors;

FunctionCase einsum_case(const std::string& name, const std::string& subscripts) {
  return {name, [subscripts](const Tensors& x) { return Tensors{einsum(subscripts, x)}; }};
}

NormOrder order(double p) { return {NormOrder::Kind::number, p}; }
constexpr NormOrder kFrobenius{NormOrder::Kind::frobenius, 2.0};
constexpr double kInfinity = std::numeric_limits<double>::infinity();

FunctionCase convolve_case(const std::string& name, ConvolveMode mode) {
  return {name, [mode](const Tensors& x) { return Tensors{convolve(x[0], x[1], mode)}; }};
}

Tensors convolve_both(const Tensors& x) {
  return {convolve(x[0], x[1], ConvolveMode::same), convolve(x[0], x[1], ConvolveMode::valid)};
}

Tensors slogdet_of(const Tensors& x) {
  const auto [sign, log_abs] = slogdet(x[0]);
  return {sign, log_abs};
}

Tensors lower_solve(const Tensors& x) { return {solve_triangular(x[0], x[1], true)}; }

std::vector<FunctionCase> product_cases() {
  return {
      convolve_case("convolve_full", ConvolveMode::full),
      convolve_case("convolve_same", ConvolveMode::same),
      convolve_case("convolve_valid", ConvolveMode::valid),
      {"convolve_even", convolve_both},
      einsum_case("einsum_matmul", "ij,jk->ik"),
      einsum_case("einsum_implicit", "ij,jk"),
      einsum_case("einsum_implicit_order", "ba"),
      einsum_case("einsum_vector", "nk,k->n"),
      einsum_case("einsum_vector_first", "n, nk -> k"),
      einsum_case("einsum_rows", "nk,nk->n"),
      einsum_case("einsum_trace", "ii"),
      einsum_case("einsum_diagonal", "ii->i"),
      einsum_case("einsum_diagonal_product", "ii,i->i"),
      einsum_case("einsum_ellipsis", "...ij,jk->...ik"),
      einsum_case("einsum_ellipsis_both", "...ij,...kj->...ik"),
      einsum_case("einsum_batch", "bij,bjk->bki"),
      einsum_case("einsum_outer", "i,j->ji"),
      einsum_case("einsum_dot", "i,i"),
      einsum_case("einsum_three", "ij,jk,j->ki"),
      {"einsum_quadratic",
       [](const Tensors& x) {
         return Tensors{einsum("ni,ij,nj->n", {x[0], x[1], x[0]})};
       }},
      einsum_case("einsum_sum", "ijk->j"),
      einsum_case("einsum_unused", "ij,kij->i"),
      {"dot",
       [](const Tensors& x) {
         return Tensors{dot(x[0], x[1]), dot(x[0], x[2]), dot(x[2], x[1]), dot(x[2], x[2])};
       }},
      {"dot_high_rank", [](const Tensors& x) { return Tensors{dot(x[0], x[1])}; }},
      {"outer", [](const Tensors& x) { return Tensors{outer(x[0], x[1])}; }},
      {"inner", [](const Tensors& x) { return Tensors{inner(x[0], x[1])}; }},
      {"vdot", [](const Tensors& x) { return Tensors{vdot(x[0], x[1])}; }},
      {"tensordot",
       [](const Tensors& x) {
         return Tensors{tensordot(x[1], x[2], 1), tensordot(x[0], x[1], {0, 1}, {1, 2}), tensordot(x[0], x[3], 0)};
       }},
      {"kron", [](const Tensors& x) { return Tensors{kron(x[0], x[1])}; }},
      {"cross", [](const Tensors& x) { return Tensors{cross(x[0], x[1])}; }},
      {"trace",
       [](const Tensors& x) {
         return Tensors{trace(x[0]), trace(x[0], 1), trace(x[0], -1)};
       }},
      {"diagonal",
       [](const Tensors& x) {
         return Tensors{diagonal_of(x[0]), diagonal_of(x[0], 1)};
       }},
      {"block_diagonal",
       [](const Tensors& x) {
         return Tensors{block_diagonal({x[0], x[1], x[2]})};
       }},
      {"matrix_power",
       [](const Tensors& x) {
         return Tensors{matrix_power(x[0], 3), matrix_power(x[0], 0), matrix_power(x[0], -2)};
       }},
      {"norm",
       [](const Tensors& x) {
         return Tensors{norm(x[0]),
                        norm(x[0], {}, {1}),
                        norm(x[0], {}, {0}, true),
                        norm(x[0], order(1), {1}),
                        norm(x[0], order(3), {1}),
                        norm(x[0], order(kInfinity), {1}),
                        norm(x[0], order(-kInfinity), {1})};
       }},
      {"norm_matrix",
       [](const Tensors& x) {
         return Tensors{norm(x[0], kFrobenius, {1, 2}), norm(x[0], order(1), {1, 2}),
                        norm(x[0], order(kInfinity), {2, 1}, true), norm(x[0], order(-1), {0, 2})};
       }},
  };
}

std::vector<FunctionCase> solver_cases() {
  std::vector<FunctionCase> out;
  for (const std::string n : {"1", "2", "3", "5"}) {
    out.push_back({"inv_" + n, [](const Tensors& x) { return Tensors{inv(x[0])}; }});
    out.push_back({"det_" + n, [](const Tensors& x) { return Tensors{det(x[0])}; }});
    out.push_back({"slogdet_" + n, slogdet_of});
    out.push_back({"solve_" + n, [](const Tensors& x) { return Tensors{solve(x[0], x[1])}; }});
  }
  out.push_back({"inv_pivots", [](const Tensors& x) { return Tensors{inv(x[0])}; }});
  out.push_back({"inv_batch", [](const Tensors& x) { return Tensors{inv(x[0])}; }});
  out.push_back({"det_batch", [](const Tensors& x) { return Tensors{det(x[0])}; }});
  out.push_back({"slogdet_batch", slogdet_of});
  out.push_back({"solve_batch", [](const Tensors& x) { return Tensors{solve(x[0], x[1])}; }});
  out.push_back({"solve_broadcast", [](const Tensors& x) { return Tensors{solve(x[0], x[1])}; }});
  for (const bool lower : {false, true}) {
    for (const bool transposed : {false, true}) {
      out.push_back({std::string("solve_triangular_") + (lower ? "1" : "0") + (transposed ? "1" : "0"),
                     [=](const Tensors& x) { return Tensors{solve_triangular(x[0], x[1], lower, transposed)}; }});
    }
  }
  out.push_back({"solve_triangular_vector", lower_solve});
  out.push_back({"solve_triangular_full", lower_solve});
  out.push_back({"solve_triangular_unit",
                 [](const Tensors& x) { return Tensors{solve_triangular(x[0], x[1], true, false, true)}; }});
  out.push_back({"solve_triangular_batch", lower_solve});
  out.push_back({"cho_solve", [](const Tensors& x) { return Tensors{cho_solve(cho_factor(x[0]), false, x[1])}; }});
  out.push_back(
      {"cho_solve_lower", [](const Tensors& x) { return Tensors{cho_solve(cho_factor(x[0], true), true, x[1])}; }});
  return out;
}

}  // namespace

TEST_CASE("products and norms agree with JAX", "[tensor][functions]") {
  testing::check_cases("product", product_cases());
}

TEST_CASE("inverses, determinants and solvers agree with JAX", "[tensor][functions]") {
  testing::check_cases("solver", solver_cases());
}

TEST_CASE("singular matrices give no finite inverse and determinant 0", "[tensor][functions]") {
  Graph graph;
  const Tensor a = graph.input({4, 4});
  Array singular(DType::real, {4, 4});
  for (std::int64_t i = 0; i < 16; ++i) singular.mutable_data()[i] = static_cast<double>(i % 4 + (i / 4 == 2 ? 0 : i));
  for (std::int64_t j = 0; j < 4; ++j) singular.mutable_data()[4 + j] = 0.0;
  const auto [sign, log_abs] = slogdet(a);
  const auto out = evaluate({det(a), sign, log_abs, inv(a)}, {a}, {singular});
  CHECK(out[0][0] == 0.0);
  CHECK(out[1][0] == 0.0);
  CHECK(out[2][0] == -kInfinity);
  CHECK_FALSE(std::isfinite(out[3][0]));
}

TEST_CASE("the second derivative of a solve is right", "[tensor][functions]") {
  // d^2/dt^2 of log det(A + tB) is -tr(C C) and of b' (A + tB)^-1 b is 2 b' A^-1 B A^-1 B A^-1 b, C = A^-1 B.
  Graph graph;
  const Tensor t = graph.input({});
  const Tensor a = graph.constant(Array(DType::real, {3, 3}, {4, 1, 0.5, -1, 3, 1, 0.2, 0.7, 5}));
  const Tensor b = graph.constant(Array(DType::real, {3, 3}, {1, 2, 0, 0.3, -1, 1, 2, 0, 0.5}));
  const Tensor v = graph.constant(Array::vector({1, -2, 0.5}));
  const auto second = [&](const Tensor& f) { return gradient(gradient(f, {t})[0], {t})[0]; };
  const Tensor moved = a + t * b;
  const Tensor c = matmul(inv(a), b);
  const auto out = evaluate({second(slogdet(moved).log_abs), -trace(matmul(c, c)), second(dot(v, solve(moved, v))),
                             2.0 * dot(v, matmul(matmul(c, c), solve(a, v))), second(dot(v, matmul(inv(moved), v)))},
                            {t}, {Array::scalar(0.0)});
  CHECK(out[0][0] == Approx(out[1][0]).epsilon(1e-12));
  CHECK(out[2][0] == Approx(out[3][0]).epsilon(1e-12));
  CHECK(out[4][0] == Approx(out[3][0]).epsilon(1e-12));
}

TEST_CASE("larger systems are solved to rounding", "[tensor][functions]") {
  Graph graph;
  const std::int64_t n = 30;
  Array values(DType::real, {n, n});
  for (std::int64_t i = 0; i < n * n; ++i) values.mutable_data()[i] = std::sin(static_cast<double>(7 * i * i % 1013));
  const Tensor a = graph.input({n, n}), ones = full(graph, {n}, 1.0);
  const auto out =
      evaluate({matmul(a, solve(a, ones)) - 1.0, matmul(a, inv(a)) - identity_matrix(graph, n)}, {a}, {values});
  for (const auto& residual : out) {
    for (std::int64_t i = 0; i < residual.size(); ++i) CHECK(std::abs(residual[i]) < 1e-11);
  }
}

TEST_CASE("bad linear algebra is an error", "[tensor][functions]") {
  Graph graph;
  const Tensor a = graph.input({3, 4}), v = graph.input({4});
  CHECK_THROWS_AS(inv(a), Error);
  CHECK_THROWS_AS(einsum("ij,jk->ik", {a}), Error);
  CHECK_THROWS_AS(einsum("ij->ik", {a}), Error);
  CHECK_THROWS_AS(einsum("ijk->i", {a}), Error);
  CHECK_THROWS_AS(einsum("ij,i->j", {a, v}), Error);
  CHECK_THROWS_AS(einsum("i.j", {a}), Error);
  CHECK_THROWS_AS(einsum("ii", {a}), Error);
  CHECK_THROWS_AS(norm(a, order(2)), Error);
  CHECK_THROWS_AS(tensordot(a, v, 3), Error);
  CHECK_THROWS_AS(convolve(a, v), Error);
  CHECK_THROWS_AS(convolve(graph.input({0}), v), Error);
  CHECK_THROWS_AS(solve(matmul(a, matrix_transpose(a)), v), Error);
}

}  // namespace dolab::tensor
