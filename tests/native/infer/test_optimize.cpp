// Optimisers against trajectories of numpyro.optim (float64), schedules against their formulas, L-BFGS on known modes.
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "dolab/error.hpp"
#include "infer/maximize.hpp"
#include "infer/optimize.hpp"

namespace {

using namespace dolab::infer;

std::array<double, 3> gradient_at(const std::array<double, 3>& x) { return {2 * x[0], 3 * std::cos(x[1]), 0.0}; }

/// Point after `steps` updates from (1, -2, 0.5).
std::array<double, 3> run(Optimizer& optimizer, int steps, std::array<double, 3> x = {1.0, -2.0, 0.5}) {
  for (int i = 0; i < steps; ++i) optimizer.update(x.data(), gradient_at(x).data());
  return x;
}

class Rosenbrock final : public Target {
 public:
  std::int64_t dimension() const noexcept override { return 2; }
  double log_density_gradient(const double* u, double* gradient) noexcept override {
    const double a = 1 - u[0], b = u[1] - u[0] * u[0];
    gradient[0] = 2 * a + 400 * b * u[0];
    gradient[1] = -200 * b;
    return -(a * a + 100 * b * b);
  }
};

/// log density of Gamma(3, 2) without a change of variable: not finite left of zero.
class Bounded final : public Target {
 public:
  std::int64_t dimension() const noexcept override { return 1; }
  double log_density_gradient(const double* u, double* gradient) noexcept override {
    gradient[0] = 2 / u[0] - 2;
    return u[0] > 0 ? 2 * std::log(u[0]) - 2 * u[0] : -std::numeric_limits<double>::infinity();
  }
};

}  // namespace

TEST_CASE("optimisers follow the published updates", "[infer][optimize]") {
  struct Case {
    const char* name;
    std::array<double, 3> expected;  // after twelve updates
  };
  const Case cases[] = {
      {"Adam", {-0.058937890630044676, -1.4273650203283923, 0.5}},
      {"ClippedAdam", {-0.13735283399604245, -1.4780514536524212, 0.5}},
      {"SGD", {0.06871947673600001, -1.5768933252964716, 0.5}},
      {"Momentum", {0.42827654355400024, -1.7528921455752602, 0.5}},
      {"RMSProp", {0.012969145189848263, -1.570796326794889, 0.5}},
      {"RMSPropMomentum", {0.5356965325490936, -1.3168435681024482, 0.5}},
      {"Adagrad", {0.7139512281562975, -1.7282440638756436, 0.5}},
  };
  for (const Case& c : cases) {
    INFO(c.name);
    OptimizerOptions options;
    options.kind = optimizer_kind(c.name);
    options.step_size.initial = 0.1;
    if (options.kind == OptimizerKind::clipped_adam) options.clip_norm = 0.7;
    Optimizer optimizer(options, 3);
    const auto x = run(optimizer, 12);
    for (std::size_t i = 0; i < 3; ++i) CHECK(x[i] == Approx(c.expected[i]).epsilon(1e-13));
    CHECK(optimizer.state().step == 12);
  }
}

TEST_CASE("Adam follows a schedule and continues from a stored state", "[infer][optimize]") {
  OptimizerOptions options;
  options.step_size.kind = Schedule::Kind::exponential;
  options.step_size.initial = 0.1;
  options.step_size.steps = 5;
  options.step_size.rate = 0.5;
  Optimizer whole(options, 3);
  const auto x = run(whole, 12);
  CHECK(x[0] == Approx(0.3964323032974747).epsilon(1e-13));
  CHECK(x[1] == Approx(-1.495311727481558).epsilon(1e-13));

  Optimizer first(options, 3), second(options, 3);
  const auto middle = run(first, 7);
  second.restore(first.state());
  CHECK(run(second, 5, middle) == x);
  CHECK_THROWS_AS(Optimizer(options, 4).restore(first.state()), dolab::Error);
  CHECK_THROWS_AS(optimizer_kind("Adamax"), dolab::Error);
}

TEST_CASE("AdamW shrinks parameters without gradient", "[infer][optimize]") {
  OptimizerOptions options;
  options.kind = OptimizerKind::adamw;
  options.step_size.initial = 0.1;
  options.weight_decay = 0.2;
  Optimizer optimizer(options, 3);
  CHECK(run(optimizer, 3)[2] == Approx(0.5 * std::pow(1 - 0.1 * 0.2, 3)).epsilon(1e-14));
}

TEST_CASE("schedules", "[infer][optimize]") {
  Schedule s;
  s.initial = 0.4;
  s.steps = 10;
  CHECK(s.at(1000) == 0.4);
  s.kind = Schedule::Kind::exponential;
  s.rate = 0.25;
  CHECK(s.at(5) == Approx(0.2).epsilon(1e-15));
  s.staircase = true;
  CHECK(s.at(9) == 0.4);
  CHECK(s.at(10) == Approx(0.1).epsilon(1e-15));
  s.staircase = false;
  s.kind = Schedule::Kind::inverse_time;
  s.rate = 1;
  CHECK(s.at(10) == Approx(0.2).epsilon(1e-15));
  s.kind = Schedule::Kind::cosine;
  s.alpha = 0.1;
  CHECK(s.at(0) == Approx(0.4).epsilon(1e-15));
  CHECK(s.at(5) == Approx(0.4 * 0.55).epsilon(1e-15));
  CHECK(s.at(25) == Approx(0.04).epsilon(1e-15));
  s.kind = Schedule::Kind::linear;
  s.last = 0.2;
  CHECK(s.at(5) == Approx(0.3).epsilon(1e-15));
  CHECK(s.at(50) == Approx(0.2).epsilon(1e-15));
}

TEST_CASE("L-BFGS finds modes", "[infer][optimize]") {
  const dolab::Progress progress;
  Rosenbrock valley;
  const double start[] = {-1.2, 1.0};
  const MaximizeResult result = maximize(valley, start, {}, progress);
  CHECK(result.converged);
  CHECK(result.point[0] == Approx(1.0).epsilon(1e-6));
  CHECK(result.point[1] == Approx(1.0).epsilon(1e-6));
  CHECK(result.evaluations < 100);

  Bounded bounded;
  const double inside[] = {1e-3}, outside[] = {-1.0};
  CHECK(maximize(bounded, inside, {}, progress).point[0] == Approx(1.0).epsilon(1e-6));
  CHECK_THROWS_AS(maximize(bounded, outside, {}, progress), dolab::Error);
}

TEST_CASE("L-BFGS ends when cancelled", "[infer][optimize]") {
  dolab::Progress progress;
  progress.cancel();
  Rosenbrock valley;
  const double start[] = {-1.2, 1.0};
  const MaximizeResult result = maximize(valley, start, {}, progress);
  CHECK_FALSE(result.converged);
  CHECK(result.iterations == 0);
}
