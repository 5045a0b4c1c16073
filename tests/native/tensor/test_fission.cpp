// Loops that were split equal the loops as written, in value, gradient and batch.
#include <catch2/catch.hpp>

#include "graph_checks.hpp"
#include "tensor/fission.hpp"

using namespace dolab;
using namespace dolab::tensor;
using namespace dolab::tensor::testing;

namespace {

constexpr std::int64_t kSteps = 7;

struct Loop {
  const char* name;
  std::size_t inside;  // carries that the recurrence needs
  std::function<ScanStep(const std::vector<Tensor>&, const std::vector<Tensor>&, const Tensor&)> step;
};

/// Carries: level (2), total (). Per step: a vector (2) and a scalar. `w` comes from outside the loop.
std::vector<Loop> loops() {
  return {
      {"a sum beside a recurrence, outputs after it", 1,
       [](const auto& c, const auto& x, const Tensor& w) {
         const Tensor level = tanh(c[0] * w + exp(x[0]) * sum(square(x[0])));
         return ScanStep{{level, c[1] + sum(level) * x[1] - x[1]}, {log1p(square(level)) * x[0], c[0], level}};
       }},
      {"everything inside", 2,
       [](const auto& c, const auto& x, const Tensor& w) {
         const Tensor level = c[0] * 0.5 + w * c[1] + x[0];
         return ScanStep{{level, tanh(c[1] + sum(level))}, {c[1] * level}};
       }},
      {"nothing inside", 0,
       [](const auto& c, const auto& x, const Tensor& w) {
         return ScanStep{{c[0] + x[0] * w, c[1] - square(x[1])}, {exp(x[0]), w, x[1]}};
       }},
      {"a total that is read is no sum", 2,
       [](const auto& c, const auto& x, const Tensor& w) {
         const Tensor total = c[1] + x[1];
         return ScanStep{{tanh(c[0] + w) * x[0], total}, {total * c[0], c[1] + 1.0}};
       }},
      {"short axes", 1,
       [](const auto& c, const auto& x, const Tensor& w) {
         const Tensor level = logsumexp(expand_dims(c[0], 1) + expand_dims(w, 0) + square(w) * x[1], {0}) + x[0];
         return ScanStep{{level, c[1] + x[1]}, {logsumexp(level), sum(expand_dims(level, 1) * expand_dims(w, 0), {1})}};
       }},
  };
}

struct Results {
  std::vector<Tensor> values;
  std::size_t carries_inside = 0;
};

Results results_of(Graph& graph, const Loop& made, const std::vector<Tensor>& in, bool split, bool reverse) {
  OpenLoop loop;
  loop.carry = {graph.input({2}), graph.input({})};
  loop.x = {graph.input({2}), graph.input({})};
  loop.init = {in[0], sum(in[0])};
  loop.xs = {in[1], sum(in[1], {1})};
  loop.step = made.step(loop.carry, loop.x, in[2]);
  loop.length = kSteps;
  loop.reverse = reverse;
  std::vector<Tensor> saved;
  const ScanStep out = split ? split_loop(graph, loop) : close_loop(graph, loop, saved);
  Results results;
  Tensor total = graph.scalar(0.0);
  for (const auto* part : {&out.carry, &out.y}) {
    for (const Tensor& t : *part) {
      results.values.push_back(t);
      total = total + sum(square(t) + t);
      if (t.node().op == Op::project) {
        results.carries_inside = static_cast<std::size_t>(graph.node(t.node().inputs[0]).body->carries);
      }
    }
  }
  for (const Tensor& g : gradient(total, in)) results.values.push_back(g);
  const auto seconds = gradient(sum(results.values.back() * results.values.back()), in);
  results.values.insert(results.values.end(), seconds.begin(), seconds.end());
  return results;
}

}  // namespace

TEST_CASE("a split loop equals the loop as written") {
  const std::vector<Array> at{random_array({2}, 1), random_array({kSteps, 2}, 2), random_array({2}, 3)};
  for (const Loop& loop : loops()) {
    for (const bool reverse : {false, true}) {
      CAPTURE(loop.name, reverse);
      Graph graph;
      std::vector<Tensor> in;
      for (const Array& a : at) in.push_back(graph.input(a.shape()));
      const Results whole = results_of(graph, loop, in, false, reverse),
                    split = results_of(graph, loop, in, true, reverse);
      CHECK(whole.carries_inside == 2);
      CHECK(split.carries_inside == loop.inside);
      const auto expected = evaluate(whole.values, in, at), found = evaluate(split.values, in, at);
      REQUIRE(expected.size() == found.size());
      for (std::size_t i = 0; i < expected.size(); ++i) {
        CAPTURE(i);
        CHECK(max_difference(found[i], expected[i]) < 1e-12);
      }
    }
  }
}

TEST_CASE("a split loop batches as the loop as written") {
  constexpr std::int64_t kEntries = 3;
  const std::vector<Array> at{random_array({kEntries, 2}, 4), random_array({kSteps, 2}, 5), random_array({2}, 6)};
  for (const Loop& loop : loops()) {
    CAPTURE(loop.name);
    Graph graph;
    const std::vector<Tensor> in{graph.input({2}), graph.input({kSteps, 2}), graph.input({2})};
    const Tensor many = graph.input({kEntries, 2});
    const auto together = [&](bool split) {
      const auto batched = batch(results_of(graph, loop, in, split, false).values, {{in[0].id(), many}}, kEntries);
      return evaluate(batched, {many, in[1], in[2]}, at);
    };
    const auto expected = together(false), found = together(true);
    for (std::size_t i = 0; i < expected.size(); ++i) CHECK(max_difference(found[i], expected[i]) < 1e-12);
  }
}

TEST_CASE("large pieces and short loops stay as they are") {
  Graph graph;
  const Tensor x = graph.input({1024, 8}), start = graph.input({8192});
  const auto step = [&](const std::vector<Tensor>& c, const std::vector<Tensor>& xs) {
    return ScanStep{{tanh(c[0]) * sum(xs[0]) + exp(broadcast_to(take_axis(xs[0], 0, 0), {8192}) * c[0])}, {}};
  };
  const auto body_of = [&](const ScanStep& out) { return graph.node(out.carry[0].node().inputs[0]).body; };
  CHECK(body_of(scan(graph, step, {start}, {x}, 1024))->xs == 2);  // the sum, and what the slice reads
  CHECK(body_of(scan(graph, step, {start}, {slice_axis(x, 0, 0, 1)}, 1))->xs == 1);
}
