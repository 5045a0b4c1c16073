#include <catch2/catch.hpp>

#include "dolab/error.hpp"
#include "functions_reference.hpp"
#include "tensor/functions/loops.hpp"

namespace dolab::tensor {

namespace {

using testing::Tensors;

Tensor sine(const Tensor& a) { return unary(Unary::sin, a); }

Tensors multiply(const Tensors& a, const Tensors& b) { return {a[0] * b[0]}; }
Tensors add(const Tensors& a, const Tensors& b) { return {a[0] + b[0]}; }

}  // namespace

TEST_CASE("loops, branches and dynamic slices agree with jax.lax", "[tensor][functions]") {
  testing::check_cases(
      "loop", {
                  {"fori_loop",
                   [](const Tensors& x) {
                     return fori_loop(
                         x[0].graph(), 1, 4,
                         [&](const Tensor& i, const Tensors& carry) { return Tensors{sine(carry[0]) * x[1] + i}; },
                         {x[0]});
                   }},
                  {"map",
                   [](const Tensors& x) {
                     return map_rows(
                         x[0].graph(), [](const Tensors& row) { return Tensors{sum(square(row[0])) * row[0]}; }, x);
                   }},
                  {"cond", [](const Tensors& x) { return cond(x[0] > 0.0, {exp(x[1])}, {sine(x[1])}); }},
                  {"switch",
                   [](const Tensors& x) {
                     return switch_case(x[0], {{exp(x[1])}, {sine(x[1])}, {unary(Unary::cos, x[1])}});
                   }},
                  {"dynamic_slice",
                   [](const Tensors& x) {
                     return Tensors{dynamic_slice(x[0], {x[1], x[2]}, {2, 2})};
                   }},
                  {"dynamic_slice_in_dim",
                   [](const Tensors& x) {
                     return Tensors{dynamic_slice_in_dim(x[0], x[1], 2), dynamic_index_in_dim(x[0], x[1]),
                                    dynamic_index_in_dim(x[0], x[1], 0, false)};
                   }},
                  {"dynamic_update_slice",
                   [](const Tensors& x) {
                     return Tensors{dynamic_update_slice(x[0], x[1], {x[2], x[3]})};
                   }},
                  {"dynamic_update_rows",
                   [](const Tensors& x) {
                     return Tensors{dynamic_update_slice(x[0], x[1], {x[2], x[2].graph().scalar(0, DType::integer)})};
                   }},
                  {"associative_scan",
                   [](const Tensors& x) {
                     return Tensors{associative_scan(multiply, {x[0]})[0], associative_scan(add, {x[0]}, true, 1)[0]};
                   }},
              });
}

TEST_CASE("a loop without steps gives its start", "[tensor][functions]") {
  Graph graph;
  const Tensor a = graph.input({2});
  const LoopFunction body = [](const Tensor&, const Tensors& carry) { return carry; };
  CHECK(fori_loop(graph, 3, 3, body, {a})[0].id() == a.id());
}

TEST_CASE("branches and slices that do not fit are errors", "[tensor][functions]") {
  Graph graph;
  const Tensor a = graph.input({3}), i = graph.input({}, DType::integer);
  CHECK_THROWS_AS(cond(i > 0.0, {a}, {i}), Error);
  CHECK_THROWS_AS(cond(i > 0.0, {a}, {a, a}), Error);
  CHECK_THROWS_AS(cond(a > 0.0, {a}, {a}), Error);
  CHECK_THROWS_AS(dynamic_slice(a, {i}, {4}), Error);
  CHECK_THROWS_AS(dynamic_slice(a, {i, i}, {1, 1}), Error);
}

}  // namespace dolab::tensor
