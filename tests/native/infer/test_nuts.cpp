// Mechanics of the samplers: integrator, addresses of random numbers, warm-up windows, options, failures, cancelling.
#include <atomic>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "dolab/error.hpp"
#include "infer/adapt.hpp"
#include "infer/transition.hpp"
#include "sampler_checks.hpp"

namespace {

using namespace dolab::infer;
using namespace dolab::infer::testing;

const MakeTarget kEightSchools = [] { return std::make_unique<EightSchools>(); };
const MakeTarget kNormal = [] { return std::make_unique<NormalTarget>(std::vector<double>(3, 1.0)); };

NutsOptions options(std::int64_t warmup, std::int64_t draws) {
  NutsOptions o;
  o.warmup = warmup;
  o.draws = draws;
  o.seed = 11;
  return o;
}

/// Hamiltonian of the eight schools with a metric that is not the identity.
struct Fixture {
  explicit Fixture(bool dense) : hamiltonian(target, dense), pool(10, 8) {
    std::vector<double> scale(dense ? 100 : 10, 0.0);
    for (std::size_t i = 0; i < 10; ++i) scale[dense ? 11 * i : i] = 0.5 + 0.1 * static_cast<double>(i);
    if (dense) {
      scale[1] = scale[10] = 0.3;
      REQUIRE(hamiltonian.metric().set_covariance(scale.data()));
    } else {
      hamiltonian.metric().set_variances(scale.data());
    }
    for (PhasePoint* p : {&a, &b}) *p = {pool.take(), pool.take(), pool.take(), pool.take(), 0.0, 0.0};
    for (int i = 0; i < 10; ++i) {
      a.position[i] = 0.3 * std::sin(i + 1.0);
      a.momentum[i] = std::cos(3.0 * i);
    }
    hamiltonian.evaluate(a);
    hamiltonian.complete(a);
  }
  EightSchools target;
  Hamiltonian hamiltonian;
  VectorPool pool;
  PhasePoint a, b;
};

bool same_draws(const ChainResult& x, const ChainResult& y) {
  return x.draws == y.draws && x.stats.energy == y.stats.energy && x.stats.n_steps == y.stats.n_steps &&
         x.step_size == y.step_size && x.inverse_metric == y.inverse_metric;
}

}  // namespace

TEST_CASE("leapfrog steps run backwards", "[infer][nuts]") {
  for (const bool dense : {false, true}) {
    Fixture f(dense);
    const std::vector<double> start(f.a.position, f.a.position + 10);
    f.hamiltonian.leapfrog(f.a, f.b, 0.1);
    for (int i = 1; i < 50; ++i) f.hamiltonian.leapfrog(f.b, f.b, 0.1);
    double moved = 0;
    for (std::size_t i = 0; i < 10; ++i) moved = std::max(moved, std::fabs(f.b.position[i] - start[i]));
    CHECK(moved > 0.1);
    for (int i = 0; i < 10; ++i) f.b.momentum[i] = -f.b.momentum[i];
    for (int i = 0; i < 50; ++i) f.hamiltonian.leapfrog(f.b, f.b, 0.1);
    for (std::size_t i = 0; i < 10; ++i) CHECK(f.b.position[i] == Approx(start[i]).margin(1e-9));
    CHECK(f.b.energy == Approx(f.a.energy).epsilon(1e-9));
  }
}

TEST_CASE("energy error falls with the square of the step size", "[infer][nuts]") {
  for (const bool dense : {false, true}) {
    const auto error = [dense](int steps) {
      Fixture f(dense);
      f.hamiltonian.leapfrog(f.a, f.b, 0.5 / steps);
      for (int i = 1; i < steps; ++i) f.hamiltonian.leapfrog(f.b, f.b, 0.5 / steps);
      return f.b.energy - f.a.energy;
    };
    CHECK(error(16) / error(32) == Approx(4).epsilon(0.05));
    CHECK(error(32) / error(64) == Approx(4).epsilon(0.02));
  }
}

TEST_CASE("momentum has the covariance of the mass matrix", "[infer][nuts]") {
  for (const bool dense : {false, true}) {
    Fixture f(dense);
    // E[p . Minv p] = D, and each Minv p has covariance Minv.
    double energy = 0, cross = 0;
    VectorPool pool(10, 2);
    double *noise = pool.take(), *out = pool.take();
    for (std::uint32_t draw = 0; draw < 20000; ++draw) {
      fill_normals(99, {0, 0, draw, 0}, 10, noise);
      f.hamiltonian.metric().momentum(noise, f.b.momentum);
      f.hamiltonian.metric().sharpen(f.b.momentum, out);
      energy += dot(f.b.momentum, out, pool.stride()) / 20000;
      cross += out[0] * out[1] / 20000;
    }
    CHECK(energy == Approx(10).margin(4 * std::sqrt(20.0 / 20000)));
    CHECK(cross == Approx(dense ? 0.3 : 0.0).margin(0.02));
  }
}

TEST_CASE("an indefinite covariance leaves the metric as it was", "[infer][nuts]") {
  Metric metric(2, true);
  const double bad[] = {1, 2, 2, 1};
  CHECK_FALSE(metric.set_covariance(bad));
  CHECK(metric.inverse() == std::vector<double>{1, 0, 0, 1});
}

TEST_CASE("draws do not depend on threads, other chains or repetition", "[infer][nuts]") {
  for (const char* metric : {"gradient", "diag", "dense"}) {
    auto o = options(300, 200);
    o.metric = metric;
    const Run one = sample(o, kEightSchools, 1), two = sample(o, kEightSchools, 2);
    for (std::size_t c = 0; c < 4; ++c) CHECK(same_draws(one.chains[c], two.chains[c]));
    CHECK_FALSE(one.chains[0].draws == one.chains[1].draws);
    o.chains = 2;
    const Run fewer = sample(o, kEightSchools, 2);
    CHECK(same_draws(one.chains[1], fewer.chains[1]));
    o.seed = 12;
    CHECK_FALSE(same_draws(one.chains[1], sample(o, kEightSchools).chains[1]));
  }
}

TEST_CASE("warm-up windows", "[infer][nuts]") {
  using Ends = std::vector<std::int64_t>;
  CHECK(window_boundaries(1000) == Ends{75, 100, 150, 250, 450, 950});
  CHECK(window_boundaries(500) == Ends{75, 100, 150, 250, 450});
  CHECK(window_boundaries(150) == Ends{75, 100});
  CHECK(window_boundaries(100) == Ends{15, 90});
  CHECK(window_boundaries(19).empty());
}

TEST_CASE("dual averaging reaches the target acceptance", "[infer][nuts]") {
  // Acceptance exp(-step): the step for 0.8 is -log 0.8.
  DualAveraging averaging(0.8);
  averaging.restart(1.0);
  for (int i = 0; i < 2000; ++i) averaging.update(std::exp(-averaging.current()));
  CHECK(averaging.averaged() == Approx(0.2231).epsilon(0.02));
  for (const double target : {0.6, 0.9}) {
    auto o = options(1000, 2000);
    o.target_accept = target;
    o.metric = "diag";
    const Run run = sample(o, kEightSchools);
    double mean = 0;
    for (const double a : run.chains[0].stats.acceptance_rate) mean += a / 2000;
    CHECK(mean == Approx(target).margin(0.08));
  }
}

TEST_CASE("running moments", "[infer][nuts]") {
  RunningVariance variance(2);
  RunningCovariance covariance(2);
  const double data[4][2] = {{1, 2}, {2, 0}, {4, 1}, {5, 5}};
  for (const auto& row : data) {
    variance.add(row);
    covariance.add(row);
  }
  CHECK(variance.variance(0) == Approx(10.0 / 3));
  CHECK(covariance.covariance(1, 1) == Approx(14.0 / 3));
  CHECK(covariance.covariance(0, 1) == Approx(7.0 / 3));
  CHECK(covariance.covariance(1, 0) == covariance.covariance(0, 1));
}

TEST_CASE("statistics of the draws are consistent", "[infer][nuts]") {
  auto o = options(200, 500);
  o.keep_warmup = true;
  o.max_depth = 2;
  const Run run = sample(o, kEightSchools);
  EightSchools target;
  for (const ChainResult& chain : run.chains) {
    CHECK(chain.complete);
    REQUIRE(chain.kept() == 500);
    REQUIRE(chain.draws.size() == 5000);
    REQUIRE(chain.warmup_stats.lp.size() == 200);
    REQUIRE(chain.warmup_draws.size() == 2000);
    std::int64_t steps = 0, saturated = 0;
    double gradient[10];
    for (std::size_t i = 0; i < 500; ++i) {
      const SampleStats& s = chain.stats;
      CHECK(target.log_density_gradient(chain.draws.data() + 10 * i, gradient) == s.lp[i]);
      CHECK(s.energy[i] >= -s.lp[i]);
      CHECK((s.n_steps[i] >= 1 && s.n_steps[i] <= 3));
      CHECK(s.tree_depth[i] <= 2);
      CHECK((s.acceptance_rate[i] >= 0 && s.acceptance_rate[i] <= 1));
      CHECK(std::fabs(s.energy_error[i]) <= std::fabs(s.max_energy_error[i]));
      CHECK(std::abs(s.index_in_trajectory[i]) <= s.n_steps[i]);
      CHECK((s.index_in_trajectory[i] != 0 || s.energy_error[i] == 0));
      CHECK(s.step_size[i] == chain.step_size);
      if (s.reached_max_treedepth[i]) CHECK(s.n_steps[i] == 3);
      steps += s.n_steps[i];
      saturated += s.reached_max_treedepth[i];
    }
    CHECK(steps == chain.sampling_steps);
    CHECK(saturated > 0);
  }
}

TEST_CASE("thinning keeps every k-th draw", "[infer][nuts]") {
  auto o = options(100, 101);
  const Run all = sample(o, kNormal);
  o.thinning = 4;
  const Run some = sample(o, kNormal);
  REQUIRE(some.kept() == 25);
  for (std::size_t i = 0; i < 25; ++i) {
    CHECK(some.chains[2].draws[3 * i] == all.chains[2].draws[3 * (4 * i + 3)]);
  }
  CHECK(some.chains[2].sampling_steps == all.chains[2].sampling_steps);
}

TEST_CASE("no warm-up and tiny warm-ups run", "[infer][nuts]") {
  for (const char* metric : {"gradient", "diag", "dense"}) {
    for (const std::int64_t warmup : {0, 1, 5, 19, 20, 30}) {
      auto o = options(warmup, 10);
      o.metric = metric;
      const Run run = sample(o, kEightSchools);
      CHECK(run.kept() == 10);
      CHECK(std::isfinite(run.chains[0].step_size));
    }
  }
}

TEST_CASE("bad options are errors", "[infer][nuts]") {
  const auto fails = [](const std::function<void(NutsOptions&)>& change) {
    auto o = options(10, 10);
    change(o);
    try {
      sample(o, kNormal);
    } catch (const dolab::Error& error) {
      return error.code() == "E1103";
    }
    return false;
  };
  CHECK(fails([](NutsOptions& o) { o.metric = "low_rank"; }));
  CHECK(fails([](NutsOptions& o) { o.draws = 0; }));
  CHECK(fails([](NutsOptions& o) { o.warmup = -1; }));
  CHECK(fails([](NutsOptions& o) { o.thinning = 0; }));
  CHECK(fails([](NutsOptions& o) { o.target_accept = 1.0; }));
  CHECK(fails([](NutsOptions& o) { o.target_accept = std::nan(""); }));
  CHECK(fails([](NutsOptions& o) { o.max_depth = 0; }));
  CHECK(fails([](NutsOptions& o) { o.max_depth = 40; }));
  CHECK(fails([](NutsOptions& o) { o.chains = 0; }));
}

TEST_CASE("starting points", "[infer][nuts]") {
  std::vector<std::unique_ptr<Target>> targets;
  // Finite only where u > 1.9: about one proposal in forty.
  targets.push_back(std::make_unique<FunctionTarget>(1, [](const double* u, double* g) {
    g[0] = -1;
    return u[0] > 1.9 ? -u[0] : std::numeric_limits<double>::quiet_NaN();
  }));
  auto o = options(50, 50);
  o.chains = 1;
  dolab::ThreadPool pool(1);
  dolab::Progress progress;
  const auto found = run_nuts(o, targets, pool, progress);
  CHECK(found[0].initial_point[0] > 1.9);
  for (const double u : found[0].draws) CHECK(u > 1.9);

  StartingPoints start;
  start.propose = [](std::int64_t, int attempt, double* u) { u[0] = attempt < 3 ? 0.0 : 2.5; };
  CHECK(run_nuts(o, targets, pool, progress, start)[0].initial_point[0] == 2.5);

  start.attempts = 2;
  start.explain = [](const double* u) { return "site 'x' is not finite at " + std::to_string(u[0]); };
  try {
    run_nuts(o, targets, pool, progress, start);
    FAIL("no error");
  } catch (const dolab::Error& error) {
    CHECK(error.code() == "E504");
    CHECK(error.message() == "site 'x' is not finite at 0.000000");
  }

  targets[0] = std::make_unique<FunctionTarget>(1, [](const double*, double* g) {
    g[0] = std::numeric_limits<double>::infinity();
    return 0.0;
  });
  CHECK_THROWS_AS(run_nuts(o, targets, pool, progress), dolab::Error);
}

TEST_CASE("values that are not finite end a trajectory and nothing else", "[infer][nuts]") {
  // A half normal cut at 0.5 by values of every bad kind; the cut is seen as divergences.
  const MakeTarget make = [] {
    return std::make_unique<FunctionTarget>(2, [](const double* u, double* g) {
      g[0] = -u[0];
      g[1] = -u[1];
      const double value = -0.5 * (u[0] * u[0] + u[1] * u[1]);
      if (u[0] > 1.5) return std::numeric_limits<double>::infinity();
      if (u[0] > 1.0) return std::numeric_limits<double>::quiet_NaN();
      if (u[0] > 0.75) g[0] = std::numeric_limits<double>::quiet_NaN();
      if (u[0] > 0.5) g[1] = std::numeric_limits<double>::infinity();
      return value;
    });
  };
  const Run run = sample(options(500, 5000), make);
  CHECK(run.divergences() > 0);
  for (const ChainResult& chain : run.chains) {
    for (std::size_t i = 0; i < chain.draws.size(); i += 2) REQUIRE(chain.draws[i] <= 0.5);
    for (const double a : chain.stats.acceptance_rate) REQUIRE((a >= 0 && a <= 1));
  }
  // Means of the truncated normal and of the free coordinate.
  const double expected = -std::exp(-0.125) / std::sqrt(2 * 3.14159265358979323846) / normal_cdf(0.5);
  CHECK(std::fabs(mean_z(
            run, [](const double* u) { return u[0]; }, expected)) < 4);
  CHECK(std::fabs(mean_z(
            run, [](const double* u) { return u[1]; }, 0.0)) < 4);
}

TEST_CASE("cancelling keeps complete draws", "[infer][nuts]") {
  dolab::Progress progress;
  std::atomic<int> calls{0};
  std::vector<std::unique_ptr<Target>> targets;
  for (int c = 0; c < 2; ++c) {
    targets.push_back(std::make_unique<FunctionTarget>(3, [&](const double* u, double* g) {
      if (++calls == 20000) progress.cancel();
      double sum = 0;
      for (int i = 0; i < 3; ++i) {
        g[i] = -u[i];
        sum -= 0.5 * u[i] * u[i];
      }
      return sum;
    }));
  }
  auto o = options(500, 100000);
  o.chains = 2;
  dolab::ThreadPool pool(1);
  const auto chains = run_nuts(o, targets, pool, progress);
  CHECK(calls == 20000);
  CHECK_FALSE(chains[0].complete);
  CHECK(chains[0].kept() > 1000);
  CHECK(chains[0].draws.size() == static_cast<std::size_t>(3 * chains[0].kept()));
  // The draws up to there are those of the uncancelled run.
  o.draws = chains[0].kept();
  o.chains = 2;
  const Run whole = sample(o, kNormal);
  CHECK(whole.chains[0].draws == chains[0].draws);
  CHECK_FALSE(chains[1].complete);
  CHECK(chains[1].kept() == 0);
}

TEST_CASE("progress reports every draw and the divergences", "[infer][nuts]") {
  dolab::ProgressReport last;
  dolab::Progress progress([&](const dolab::ProgressReport& report) { last = report; });
  std::vector<std::unique_ptr<Target>> targets;
  for (int c = 0; c < 3; ++c) targets.push_back(kNormal());
  auto o = options(100, 150);
  o.chains = 3;
  dolab::ThreadPool pool(2);
  run_nuts(o, targets, pool, progress);
  CHECK(last.phase == "sample");
  CHECK(last.total == 750);
  CHECK(last.done == 750);
}

TEST_CASE("chains do not start in a negligible side mode", "[infer][nuts]") {
  // Two normals with sd 0.1, 60 nats apart; half of the starts lie in the basin of the lower one.
  class TwoModes : public Target {
   public:
    std::int64_t dimension() const noexcept override { return 1; }
    double log_density_gradient(const double* u, double* gradient) noexcept override {
      const double a = -0.5 * (u[0] - 1.5) * (u[0] - 1.5) / 0.01, b = -60.0 - 0.5 * (u[0] + 1.5) * (u[0] + 1.5) / 0.01;
      const double top = std::max(a, b), total = std::exp(a - top) + std::exp(b - top);
      gradient[0] = (std::exp(a - top) * -(u[0] - 1.5) + std::exp(b - top) * -(u[0] + 1.5)) / 0.01 / total;
      return top + std::log(total);
    }
  };
  auto o = options(200, 100);
  o.chains = 16;
  const Run run = sample(o, [] { return std::make_unique<TwoModes>(); });
  int wrong = 0;
  for (const auto& chain : run.chains) wrong += chain.draws.front() < 0 ? 1 : 0;
  CHECK(wrong <= 3);  // all four scouts of a chain start on the wrong side once in 16
}
