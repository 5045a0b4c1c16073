#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "dolab/error.hpp"
#include "functions_reference.hpp"
#include "tensor/execute.hpp"
#include "tensor/functions/reduce.hpp"

namespace dolab::tensor {

namespace {

using testing::FunctionCase;
using testing::Tensors;

Tensor vector(const Tensor& like, const std::vector<double>& values) {
  return like.graph().constant(Array::vector(values));
}

Tensors pair_of(const std::pair<Tensor, Tensor>& p) { return {p.first, p.second}; }

std::vector<FunctionCase> reduction_cases() {
  return {
      {"amax",
       [](const Tensors& x) {
         return Tensors{amax(x[0]), amax(x[0], {0}), amin(x[0], {1}, true)};
       },
       true, false},
      {"ptp", [](const Tensors& x) { return Tensors{peak_to_peak(x[0], {1})}; }},
      {"prod",
       [](const Tensors& x) {
         return Tensors{prod(x[0]), prod(x[0], {1}), prod(x[0], {0, 2}, true)};
       }},
      {"prod_zeros", [](const Tensors& x) { return Tensors{prod(x[0], {1})}; }},
      {"prod_integers",
       [](const Tensors& x) {
         return Tensors{prod(x[0], {1}), prod(x[0] > 0.0)};
       }},
      {"any_all",
       [](const Tensors& x) {
         return Tensors{any(x[0]), any(equal(x[0], x[0].graph().scalar(3, DType::integer)), {0}),
                        all(x[0] > 0.0, {1}, true)};
       }},
      {"count_nonzero",
       [](const Tensors& x) {
         return Tensors{count_nonzero(x[0]), count_nonzero(x[0], {0})};
       }},
      {"sum_kinds",
       [](const Tensors& x) {
         return Tensors{reduce(Reduction::sum, x[0]), reduce(Reduction::sum, x[0] > 0.0), mean(x[0]),
                        cumsum_over(x[0] > 0.0, {}), amax(x[0] > 2.0)};
       }},
      {"variance",
       [](const Tensors& x) {
         return Tensors{variance(x[0]), variance(x[0], {0}, 1.0), standard_deviation(x[0], {1}, 0.0, true)};
       }},
      {"average",
       [](const Tensors& x) {
         return Tensors{average(x[0], x[1]), average(x[0], x[2], {1})};
       }},
      {"covariance",
       [](const Tensors& x) {
         return Tensors{covariance(x[0]), covariance(take_axis(x[0], 0, 0)), correlation(x[0])};
       }},
      {"sum_where",
       [](const Tensors& x) {
         return Tensors{sum_where(x[0], x[1] > 0.0, {1}), mean_where(x[0], x[1] > 0.0)};
       }},
      {"nan_reductions",
       [](const Tensors& x) {
         return Tensors{nansum(x[0], {1}), nanmean(x[0], {1}), nanvariance(x[0], {1}), nanmax(x[0], {0}), nanmin(x[0])};
       },
       true, false},
      {"argmax",
       [](const Tensors& x) {
         return Tensors{argmax_over(x[0], {}), argmax_over(x[0], 1), argmin_over(x[0], 0, true)};
       }},
  };
}

std::vector<FunctionCase> order_cases() {
  return {
      {"sort",
       [](const Tensors& x) {
         return Tensors{sort(x[0]), sort(x[0], 0), sort(x[0], {}), sort(x[0], -1, true)};
       }},
      {"argsort",
       [](const Tensors& x) {
         return Tensors{argsort(x[0]), argsort(x[0], 0), argsort(x[0], -1, true)};
       }},
      {"sort_nan", [](const Tensors& x) { return Tensors{sort(x[0], 0)}; }, true, false},
      {"top_k", [](const Tensors& x) { return pair_of(top_k(x[0], 2)); }},
      {"median",
       [](const Tensors& x) {
         return Tensors{median(x[0]), median(x[0], {1}), median(x[0], {0, 2}, true)};
       }},
      {"median_nan", [](const Tensors& x) { return Tensors{median(x[0], {1})}; }, true, false},
      {"quantile",
       [](const Tensors& x) {
         return Tensors{quantile(x[0], x[0].graph().scalar(0.3)), quantile(x[0], vector(x[0], {0, 0.25, 1}), {1})};
       }},
      {"searchsorted",
       [](const Tensors& x) {
         return Tensors{searchsorted(x[0], x[1]), searchsorted(x[0], x[1], true)};
       }},
      {"digitize",
       [](const Tensors& x) {
         const Tensor up = vector(x[0], {-1, 0, 1.5}), down = vector(x[0], {1.5, 0, -1});
         return Tensors{digitize(x[0], up), digitize(x[0], up, true), digitize(x[0], down)};
       }},
      {"bincount", [](const Tensors& x) { return Tensors{bincount(x[0], {}, 5)}; }},
      {"bincount_weights", [](const Tensors& x) { return Tensors{bincount(x[1], x[0], 4)}; }},
      {"segment_sum", [](const Tensors& x) { return Tensors{segment_sum(x[0], x[1], 3)}; }},
  };
}

std::vector<FunctionCase> cumulative_cases() {
  return {
      {"logsumexp",
       [](const Tensors& x) {
         return Tensors{logsumexp(x[0]), logsumexp(x[0], {1}), logsumexp(x[0], {0, 2}, true)};
       }},
      {"logsumexp_weighted",
       [](const Tensors& x) {
         return Tensors{logsumexp_weighted(x[0], x[1]), logsumexp_weighted(x[0], x[1], {1})};
       },
       true, false},
      {"logsumexp_signed",
       [](const Tensors& x) {
         const auto [log_abs, sign] = logsumexp_signed(x[0], x[1], {1});
         return Tensors{log_abs, sign};
       }},
      {"logsumexp_negative",
       [](const Tensors& x) { return Tensors{logsumexp_weighted(x[0], x[0].graph().scalar(-1.0))}; }, true, false},
      {"softmax",
       [](const Tensors& x) {
         return Tensors{softmax(x[0]), softmax(x[0], {0, 1}), log_softmax_over(x[0], {1})};
       }},
      {"cumulative",
       [](const Tensors& x) {
         return Tensors{cumsum_over(x[0], {}), cumsum_over(x[0], 1), cumprod(x[0], 1), cumprod(x[0], {})};
       }},
      {"cumprod_zeros", [](const Tensors& x) { return Tensors{cumprod(x[0], 1)}; }},
      {"cumulative_lax",
       [](const Tensors& x) {
         return Tensors{cummax(x[0], 1), cummin(x[0], 0, true), cumlogsumexp(x[0], 1), cumsum_over(x[0], 1, true)};
       }},
      {"diff",
       [](const Tensors& x) {
         return Tensors{diff(x[0]), diff(x[0], 2, 0), diff(x[0] > 0.0)};
       }},
      {"trapezoid",
       [](const Tensors& x) {
         return Tensors{trapezoid(x[0]), trapezoid(x[0], 0.5), trapezoid(x[0], x[1])};
       }},
  };
}

}  // namespace

TEST_CASE("reductions agree with JAX", "[tensor][functions]") { testing::check_cases("reduce", reduction_cases()); }

TEST_CASE("sorting, counting and searching agree with JAX", "[tensor][functions]") {
  testing::check_cases("order", order_cases());
}

TEST_CASE("exponential sums and cumulative functions agree with JAX", "[tensor][functions]") {
  testing::check_cases("cumulative", cumulative_cases());
}

TEST_CASE("logsumexp of nothing is -inf with gradient 0", "[tensor][functions]") {
  Graph graph;
  const double low = -std::numeric_limits<double>::infinity();
  const Tensor a = graph.input({2, 3});
  const Tensor out = logsumexp_weighted(a, graph.scalar(1.0), {1}), plain = logsumexp(a, {1});
  const auto results = evaluate({out, plain, gradient(sum(select(out > low, out, graph.scalar(0.0))), {a})[0]}, {a},
                                {Array(DType::real, {2, 3}, {low, low, low, 0, low, 0})});
  CHECK(results[0][0] == low);
  CHECK(results[1][0] == low);
  CHECK(results[0][1] == Approx(std::log(2.0)).epsilon(1e-15));
  CHECK(results[2].to_vector() == std::vector<double>{0, 0, 0, 0.5, 0, 0.5});
}

TEST_CASE("ties of a maximum share the gradient", "[tensor][functions]") {
  Graph graph;
  const Tensor a = graph.input({4});
  const auto slope = evaluate({gradient(amax(a), {a})[0]}, {a}, {Array::vector({1, 3, 3, 2})});
  CHECK(slope[0].to_vector() == std::vector<double>{0, 0.5, 0.5, 0});
}

TEST_CASE("bad reductions are errors", "[tensor][functions]") {
  Graph graph;
  const Tensor a = graph.input({3, 4}), empty = graph.input({0});
  CHECK_THROWS_AS(amax(empty), Error);
  CHECK_THROWS_AS(median(empty), Error);
  CHECK_THROWS_AS(quantile(a, graph.input({})), Error);
  CHECK_THROWS_AS(quantile(a, graph.scalar(1.5)), Error);
  CHECK_THROWS_AS(prod(a, {2}), Error);
  CHECK_THROWS_AS(average(a, graph.input({3}), {1}), Error);
  CHECK_THROWS_AS(top_k(a, 5), Error);
}

}  // namespace dolab::tensor
