// Variational inference: conjugate posteriors, minibatches, continuing, threads, failures.
#include <Eigen/Dense>
#include <catch2/catch.hpp>

#include "infer/svi.hpp"
#include "tests/native/model/example_models.hpp"

using namespace dolab;
using namespace dolab::example;

namespace {

/// Mean and covariance of beta in the regression example.
std::pair<Eigen::VectorXd, Eigen::MatrixXd> exact_regression() {
  const Arguments data = regression_data();
  const Array x = data.array("X"), y = data.array("y");
  const Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>> design(x.data(), 40,
                                                                                                        3);
  const Eigen::Map<const Eigen::VectorXd> outcome(y.data(), 40);
  const Eigen::MatrixXd precision = design.transpose() * design / 0.49 + Eigen::MatrixXd::Identity(3, 3) / 4.0;
  const Eigen::MatrixXd covariance = precision.inverse();
  return {covariance * design.transpose() * outcome / 0.49, covariance};
}

infer::SviOptions options_for(const std::string& guide, double step_size) {
  infer::SviOptions options;
  options.guide = guide;
  options.optimizer.step_size.initial = step_size;
  options.seed = 7;
  return options;
}

}  // namespace

TEST_CASE("a full-rank guide finds a normal posterior", "[infer]") {
  const auto [mean, covariance] = exact_regression();
  infer::SviOptions options = options_for("AutoMultivariateNormal", 0.03);
  options.optimizer.step_size.kind = infer::Schedule::Kind::exponential;
  options.optimizer.step_size.rate = 0.1;
  options.optimizer.step_size.steps = 1500;
  options.particles = 8;
  const infer::Svi svi(regression, regression_data(), {}, options);
  ThreadPool pool(1);
  Progress progress;
  infer::SviState state = svi.initial_state();
  const auto report = svi.run(state, 3000, pool, progress);
  CHECK(report.complete);
  CHECK(report.relative_change < 5e-3);
  const auto values = svi.guide().constrained(state.parameters);
  const Array loc = values.at("auto_loc"), factor = values.at("auto_scale_tril");
  for (int i = 0; i < 3; ++i) {
    const double sd = std::sqrt(covariance(i, i));
    CHECK(std::fabs(loc[i] - mean[i]) < 0.05 * sd);
    for (int j = 0; j < 3; ++j) {
      double entry = 0.0;
      for (int k = 0; k < 3; ++k) entry += factor[3 * i + k] * factor[3 * j + k];
      CHECK(std::fabs(entry - covariance(i, j)) < 0.1 * sd * std::sqrt(covariance(j, j)));
    }
  }
  const auto quality = svi.quality(state, 1000, pool);
  CHECK(quality.pareto_k < 0.5);
  CHECK(quality.warnings.empty());
  const infer::Posterior draws = svi.sample(state, 2000, {}, pool);
  REQUIRE(draws.find("beta") != nullptr);
  REQUIRE(draws.find("mean")->deterministic);
  CHECK(draws.find("mean")->shape == Shape{40});
  CHECK(draws.find("beta")->dims == std::vector<std::string>{"beta_dim_0"});
  double average = 0.0;
  for (int i = 0; i < 2000; ++i) average += draws.find("beta")->values[3 * i + 1] / 2000;
  CHECK(std::fabs(average - mean[1]) < 5.0 * std::sqrt(covariance(1, 1) / 2000) + 0.05 * std::sqrt(covariance(1, 1)));
}

TEST_CASE("a factorised guide has the conditional variances of a normal posterior", "[infer]") {
  const auto [mean, covariance] = exact_regression();
  const Eigen::MatrixXd precision = covariance.inverse();
  infer::SviOptions options = options_for("AutoNormal", 0.03);
  options.optimizer.step_size.kind = infer::Schedule::Kind::exponential;
  options.optimizer.step_size.rate = 0.1;
  options.optimizer.step_size.steps = 1500;
  options.particles = 4;
  const infer::Svi svi(regression, regression_data(), {}, options);
  ThreadPool pool(1);
  Progress progress;
  infer::SviState state = svi.initial_state();
  svi.run(state, 3000, pool, progress);
  const auto values = svi.guide().constrained(state.parameters);
  for (int i = 0; i < 3; ++i) {
    const double sd = 1.0 / std::sqrt(precision(i, i));
    CHECK(std::fabs(values.at("beta_auto_loc")[i] - mean[i]) < 0.1 * sd);
    CHECK(values.at("beta_auto_scale")[i] == Approx(sd).epsilon(0.05));
  }
}

TEST_CASE("a point guide finds the mode in constrained space", "[infer]") {
  // Gamma(3, 2) prior on a rate, four waiting times: the mode of the posterior is (3 + 4 - 1) / (2 + sum).
  const auto build = [](Builder& b, const Arguments&) {
    const Tensor rate = b.sample("rate", make(b, "Gamma", {number(b, 3.0), number(b, 2.0)}));
    b.sample("t", make(b, "Exponential", {rate}), {vector(b, {0.5, 1.0, 0.3, 0.7}), {}, {}, {}});
  };
  const infer::Svi svi(build, {}, {}, options_for("AutoDelta", 0.02));
  ThreadPool pool(1);
  Progress progress;
  infer::SviState state = svi.initial_state();
  svi.run(state, 2000, pool, progress);
  CHECK(svi.guide().constrained(state.parameters).at("rate_auto_loc")[0] == Approx(6.0 / 4.5).epsilon(1e-4));
  CHECK(std::isnan(svi.quality(state, 100, pool).pareto_k));
}

TEST_CASE("params of the model are optimised along", "[infer]") {
  // Empirical Bayes: y_i ~ Normal(loc, 1) with loc a param has its maximum at the mean of y.
  const auto build = [](Builder& b, const Arguments&) {
    const Tensor loc = b.param("loc", number(b, 0.0));
    const Tensor sd = b.param("sd", number(b, 1.0), prob::make_constraint("positive"));
    b.sample("unused", normal(b, 0.0, 1.0));
    b.sample("y", normal(b, loc, sd), {vector(b, {1.0, 2.0, 3.0, 6.0}), {}, {}, {}});
  };
  const infer::Svi svi(build, {}, {}, options_for("AutoNormal", 0.02));
  ThreadPool pool(1);
  Progress progress;
  infer::SviState state = svi.initial_state();
  svi.run(state, 3000, pool, progress);
  const auto values = svi.guide().constrained(state.parameters);
  CHECK(values.at("loc")[0] == Approx(3.0).epsilon(1e-3));
  CHECK(values.at("sd")[0] == Approx(std::sqrt(3.5)).epsilon(1e-3));
}

TEST_CASE("minibatches and local latents reach the posterior of all rows", "[infer]") {
  // Normal means: m ~ N(0, 10), l_i ~ N(m, 1), y_i ~ N(l_i, 1), 60 rows, 12 at a time.
  const std::int64_t n = 60;
  std::vector<double> y;
  double mean = 0.0;
  for (int i = 0; i < n; ++i) {
    y.push_back(2.0 + 1.4 * std::sin(5.7 * i));
    mean += y.back() / static_cast<double>(n);
  }
  const auto build = [&](Builder& b, const Arguments&) {
    const Tensor m = b.sample("m", normal(b, 0.0, 10.0));
    const auto plate = b.plate("rows", n, 12);
    const Tensor rows = b.enter(plate);
    const Tensor l = b.sample("l", normal(b, m, number(b, 1.0)));
    b.sample("y", normal(b, l, number(b, 1.0)), {tensor::gather(vector(b, y), rows), {}, {}, {}});
    b.exit(plate);
  };
  infer::SviOptions options = options_for("AutoNormal", 0.05);
  options.optimizer.step_size.kind = infer::Schedule::Kind::exponential;
  options.optimizer.step_size.rate = 0.1;
  options.optimizer.step_size.steps = 2500;
  const infer::Svi svi(build, {}, {}, options);
  ThreadPool pool(1);
  Progress progress;
  infer::SviState state = svi.initial_state();
  svi.run(state, 6000, pool, progress);
  const auto values = svi.guide().constrained(state.parameters);
  // Mean field: E m = posterior mean; Var m = 1 / (0.01 + n); E l_i = (m + y_i) / 2; Var l_i = 1/2.
  const double exact = (n * mean / 2.0) / (n / 2.0 + 0.01);
  CHECK(std::fabs(values.at("m_auto_loc")[0] - exact) < 0.08);
  CHECK(values.at("m_auto_scale")[0] == Approx(std::sqrt(1.0 / (n + 0.01))).epsilon(0.15));
  double error = 0.0, scale = 0.0;
  for (int i = 0; i < n; ++i) {
    const double target = 0.5 * (exact + y[static_cast<std::size_t>(i)]);
    error += std::fabs(values.at("l_auto_loc")[i] - target) / static_cast<double>(n);
    scale += values.at("l_auto_scale")[i] / static_cast<double>(n);
  }
  CHECK(error < 0.1);
  CHECK(scale == Approx(std::sqrt(0.5)).epsilon(0.05));
  CHECK(svi.sample(state, 10, {}, pool).find("l")->shape == Shape{n});
}

TEST_CASE("a run that is cut and continued, on any number of threads, gives the same numbers", "[infer]") {
  infer::SviOptions options = options_for("AutoNormal", 0.01);
  options.particles = 2;
  const infer::Svi svi(eight_schools, eight_schools_data(), {}, options);
  ThreadPool one(1), two(2);
  Progress progress;
  infer::SviState whole = svi.initial_state(), parts = svi.initial_state();
  svi.run(whole, 200, one, progress);
  svi.run(parts, 77, two, progress);
  svi.run(parts, 123, one, progress);
  CHECK(whole.parameters == parts.parameters);
  CHECK(whole.losses == parts.losses);
  const auto a = svi.sample(whole, 501, {}, one), b = svi.sample(whole, 501, {}, two);
  for (std::size_t i = 0; i < a.sites.size(); ++i) CHECK(a.sites[i].values.identical(b.sites[i].values));
}

TEST_CASE("a run that is cut, saved and loaded gives the same numbers, with minibatches too", "[infer][checkpoint]") {
  const std::int64_t n = 40;
  std::vector<double> y;
  for (int i = 0; i < n; ++i) y.push_back(std::sin(0.37 * i));
  const auto build = [&](Builder& b, const Arguments&) {
    const Tensor m = b.sample("m", normal(b, 0.0, 10.0));
    const auto plate = b.plate("rows", n, 10);
    const Tensor rows = b.enter(plate);
    b.sample("y", normal(b, m, number(b, 1.0)), {tensor::gather(vector(b, y), rows), {}, {}, {}});
    b.exit(plate);
  };
  const infer::Svi full(eight_schools, eight_schools_data(), {}, options_for("AutoNormal", 0.01));
  const infer::Svi minibatch(build, {}, {}, options_for("AutoNormal", 0.01));
  ThreadPool one(1), two(2);
  for (const infer::Svi* svi : {&full, &minibatch}) {
    Progress progress;
    infer::SviState whole = svi->initial_state(), parts = svi->initial_state();
    svi->run(whole, 300, one, progress);
    for (const std::int64_t steps : {0, 1, 99, 128, 72}) {
      svi->run(parts, steps, steps % 2 == 0 ? one : two, progress);
      infer::StateStream saved;
      parts.pass(saved);
      infer::SviState loaded = svi->initial_state();
      infer::StateStream stream(saved.take());
      loaded.pass(stream);
      stream.take();
      parts = loaded;
    }
    CHECK(whole.parameters == parts.parameters);
    CHECK(whole.losses == parts.losses);
    CHECK(whole.optimizer.step == parts.optimizer.step);
    CHECK(whole.optimizer.first == parts.optimizer.first);
    CHECK(whole.optimizer.second == parts.optimizer.second);
    // Slices of no time at all.
    infer::SviState slices = svi->initial_state();
    progress.pause_at(0.0);
    for (std::size_t before = 1; slices.losses.size() != before && slices.losses.size() < 300;) {
      before = slices.losses.size();
      svi->run(slices, 300 - static_cast<std::int64_t>(before), two, progress);
    }
    CHECK(whole.losses == slices.losses);
    CHECK(whole.parameters == slices.parameters);
  }
}

TEST_CASE("sharded rows and parameters give the same bits on any number of threads", "[infer]") {
  // Enough rows for several shards of sums and of parameters.
  const std::int64_t n = 20000;
  std::vector<double> y;
  for (int i = 0; i < n; ++i) y.push_back(std::sin(0.37 * i));
  const auto build = [&](Builder& b, const Arguments&) {
    const Tensor m = b.sample("m", normal(b, 0.0, 10.0));
    Scoped rows(b, b.plate("rows", n));
    const Tensor l = b.sample("l", normal(b, m, number(b, 1.0)));
    b.sample("y", normal(b, l, number(b, 1.0)), {vector(b, y), {}, {}, {}});
  };
  const infer::Svi svi(build, {}, {}, options_for("AutoNormal", 0.01));
  ThreadPool one(1), two(2), three(3);
  Progress progress;
  infer::SviState states[3] = {svi.initial_state(), svi.initial_state(), svi.initial_state()};
  svi.run(states[0], 20, one, progress);
  svi.run(states[1], 20, two, progress);
  svi.run(states[2], 20, three, progress);
  CHECK(states[0].losses == states[1].losses);
  CHECK(states[0].losses == states[2].losses);
  CHECK(states[0].parameters == states[1].parameters);
  CHECK(states[0].parameters == states[2].parameters);
}

TEST_CASE("a loss that breaks stops the run and says so", "[infer]") {
  // exp(exp(x)) overflows as soon as the step is too large.
  const auto build = [](Builder& b, const Arguments&) {
    const Tensor x = b.sample("x", normal(b, 0.0, 1.0));
    b.factor("steep", tensor::exp(tensor::exp(x)));
  };
  const infer::Svi svi(build, {}, {}, options_for("AutoNormal", 5.0));
  ThreadPool pool(1);
  Progress progress;
  infer::SviState state = svi.initial_state();
  const auto report = svi.run(state, 500, pool, progress);
  CHECK_FALSE(report.complete);
  REQUIRE(report.warnings.size() == 1);
  CHECK(report.warnings[0].code == "W505");
  for (const double x : state.parameters) CHECK(std::isfinite(x));
}

TEST_CASE("a cancelled run keeps what it has", "[infer]") {
  const infer::Svi svi(eight_schools, eight_schools_data(), {}, options_for("AutoNormal", 0.01));
  ThreadPool pool(1);
  Progress progress;
  progress.cancel();
  infer::SviState state = svi.initial_state();
  CHECK_FALSE(svi.run(state, 100, pool, progress).complete);
  CHECK(state.losses.empty());
}

TEST_CASE("a word of the caller's cancels a run", "[infer]") {
  const infer::Svi svi(eight_schools, eight_schools_data(), {}, options_for("AutoNormal", 0.01));
  ThreadPool pool(1);
  Progress progress;
  std::atomic<std::int32_t> stop{0};
  progress.heed(&stop);
  infer::SviState state = svi.initial_state();
  CHECK(svi.run(state, 100, pool, progress).complete);
  stop = 1;
  CHECK_FALSE(svi.run(state, 100, pool, progress).complete);
  CHECK(state.losses.size() == 100);
}

TEST_CASE("starting points follow the strategy, and a hopeless model is explained", "[infer]") {
  const model::Density density(traced(eight_schools, eight_schools_data()));
  infer::InitOptions options;
  options.strategy = infer::init_strategy("init_to_feasible");
  std::vector<double> u(10);
  infer::Initializer(density, options).propose(0, 0, u.data());
  CHECK(u == std::vector<double>(10, 0.0));
  options.strategy = infer::InitStrategy::value;
  options.values = {{"tau", Array::scalar(2.0)}, {"tao", Array::scalar(2.0)}};
  const infer::Initializer by_value(density, options);
  by_value.propose(0, 0, u.data());
  CHECK(u[1] == Approx(std::log(2.0)));
  CHECK(std::fabs(u[0]) < 2.0);
  REQUIRE(by_value.warnings().size() == 1);
  options = {};
  options.strategy = infer::InitStrategy::median;
  options.samples = 2001;
  infer::Initializer(density, options).propose(0, 0, u.data());
  CHECK(std::fabs(u[0]) < 0.6);                  // median of N(0, 5): se about 0.14
  CHECK(std::fabs(u[1] - std::log(5.0)) < 0.2);  // median of HalfCauchy(5) is 5
  CHECK_THROWS_AS(infer::init_strategy("medain"), Error);

  const infer::Svi svi(
      [](Builder& b, const Arguments&) {
        const Tensor x = b.sample("x", normal(b, 0.0, 1.0));
        b.sample("y", make(b, "LogNormal", {x, number(b, 1.0)}), {number(b, -3.0), {}, {}, {}});
      },
      {}, {}, {});
  CHECK_THROWS_WITH(svi.initial_state(), Catch::Contains("\"y\""));
}
