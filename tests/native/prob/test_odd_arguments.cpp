// Whatever shapes and numbers arrive, constructors and methods answer with a value or an Error.
#include <catch2/catch.hpp>
#include <functional>

#include "base/philox.hpp"
#include "dolab/error.hpp"
#include "prob_checks.hpp"

using namespace dolab;
using namespace dolab::prob;

namespace {

struct Dice {
  PhiloxStream stream;
  std::int64_t roll(std::int64_t n) { return static_cast<std::int64_t>(stream() % static_cast<std::uint64_t>(n)); }
};

Shape odd_shape(Dice& dice) {
  Shape shape;
  for (std::int64_t i = dice.roll(4); i > 0; --i) shape.push_back(1 + dice.roll(3));
  if (dice.roll(12) == 0) shape.push_back(0);
  return shape;
}

double odd_number(Dice& dice) {
  constexpr double kNumbers[] = {0.0, 1.0, -1.0, 0.5, 2.0, 0.3, 1e300, 1e-300, INFINITY, -INFINITY, NAN, 3.0, 0.25};
  return kNumbers[dice.roll(13)];
}

Tensor odd_tensor(Graph& graph, Dice& dice) {
  const Shape shape = odd_shape(dice);
  if (dice.roll(3) == 0) return graph.input(shape);
  std::vector<double> values;
  for (std::int64_t i = element_count(shape); i > 0; --i) values.push_back(odd_number(dice));
  return graph.constant(Array(DType::real, shape, values));
}

Argument odd_argument(Graph& graph, Dice& dice, ParameterKind kind);

DistributionPtr odd_distribution(Graph& graph, Dice& dice, int depth) {
  const auto& names = family_names();
  const std::string name =
      depth > 2 ? "Normal" : names[static_cast<std::size_t>(dice.roll(static_cast<std::int64_t>(names.size())))];
  Arguments arguments;
  for (const auto& p : find_family(name)->parameters) {
    if (!p.required && dice.roll(3) == 0) continue;
    if (p.kind == ParameterKind::distribution) {
      arguments.named.emplace_back(p.name, odd_distribution(graph, dice, depth + 1));
    } else {
      arguments.named.emplace_back(p.name, odd_argument(graph, dice, p.kind));
    }
  }
  return make_distribution(graph, name, arguments);
}

Argument odd_argument(Graph& graph, Dice& dice, ParameterKind kind) {
  if (dice.roll(15) == 0) return std::monostate{};
  if (dice.roll(15) == 0) return Shape{2};
  switch (kind) {
    case ParameterKind::constraint: {
      const char* names[] = {"real", "positive", "simplex", "corr_cholesky", "ordered_vector", "boolean"};
      return make_constraint(names[dice.roll(6)]);
    }
    case ParameterKind::shape:
      return odd_shape(dice);
    case ParameterKind::integer:
      return dice.roll(6) - 1;
    case ParameterKind::transforms: {
      const std::vector<TransformPtr> all{exp_transform(),
                                          ordered_transform(),
                                          stick_breaking_transform(),
                                          corr_cholesky_transform(),
                                          invert(ordered_transform()),
                                          sigmoid_transform(),
                                          affine_transform(odd_tensor(graph, dice), odd_tensor(graph, dice))};
      std::vector<TransformPtr> chain;
      for (std::int64_t i = dice.roll(3); i > 0; --i) chain.push_back(all[static_cast<std::size_t>(dice.roll(7))]);
      return chain;
    }
    default:
      return odd_tensor(graph, dice);
  }
}

}  // namespace

TEST_CASE("odd arguments end in a value or an Error", "[prob]") {
  std::int64_t built = 0, refused = 0;
  for (std::uint32_t trial = 0; trial < 3000; ++trial) {
    Dice dice{PhiloxStream(2024, {0, trial, 0, 0})};
    Graph graph;
    const auto attempt = [&](const std::function<void()>& f) {
      try {
        f();
        return true;
      } catch (const Error& error) {
        if (error.code() == "E1999") FAIL("trial " << trial << ": " << error.what());
        return false;
      }
    };
    DistributionPtr d;
    const bool ok = attempt([&] { d = odd_distribution(graph, dice, 0); });
    ++(ok ? built : refused);
    if (!ok) continue;
    attempt([&] { d->log_prob(odd_tensor(graph, dice)); });
    attempt([&] {
      // Of the right shape: the density has the shape of the batch.
      const Tensor x = d->sample({7, 0}, {2});
      Shape batch = d->batch_shape();
      batch.insert(batch.begin(), 2);
      const Shape density = d->log_prob(x).shape(), masked = d->mask(false)->log_prob(x).shape();
      CHECK(density == batch);
      CHECK(masked == batch);
    });
    attempt([&] { d->mean(); });
    attempt([&] { d->variance(); });
    attempt([&] { d->cdf(odd_tensor(graph, dice)); });
    attempt([&] { d->expand(odd_shape(dice)); });
    attempt([&] { d->to_event(static_cast<int>(dice.roll(4)))->log_prob(odd_tensor(graph, dice)); });
    attempt([&] { biject_to(d->support())->forward(odd_tensor(graph, dice)); });
  }
  CHECK(built > 300);
  CHECK(refused > 300);
}
