// The samplers leave distributions with known moments unchanged, at the cost that is known for them.
#include <boost/math/distributions/students_t.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <iostream>

#include "sampler_checks.hpp"

namespace {

using namespace dolab::infer;
using namespace dolab::infer::testing;

NutsOptions options(const std::string& metric, std::int64_t warmup, std::int64_t draws, std::uint64_t seed = 5) {
  NutsOptions o;
  o.metric = metric;
  o.warmup = warmup;
  o.draws = draws;
  o.seed = seed;
  return o;
}

std::unique_ptr<Target> standard_normal() { return std::make_unique<NormalTarget>(std::vector<double>(5, 1.0)); }

/// Unit variances and equal correlations.
std::unique_ptr<Target> correlated_normal(int n, double rho) {
  // Precision = a I - b 11^T for the covariance (1 - rho) I + rho 11^T.
  const double a = 1 / (1 - rho), b = rho / ((1 - rho) * (1 - rho + n * rho));
  return std::make_unique<FunctionTarget>(n, [=](const double* u, double* g) {
    double sum = 0, log_density = 0;
    for (int i = 0; i < n; ++i) sum += u[i];
    for (int i = 0; i < n; ++i) {
      g[i] = b * sum - a * u[i];
      log_density += 0.5 * u[i] * g[i];
    }
    return log_density;
  });
}

/// v ~ N(0, sd), nine x_i ~ N(0, exp(v / 2)).
std::unique_ptr<Target> funnel(double sd) {
  return std::make_unique<FunctionTarget>(10, [=](const double* u, double* g) {
    const double v = u[0], precision = std::exp(-v);
    double squares = 0;
    for (int i = 1; i < 10; ++i) {
      g[i] = -u[i] * precision;
      squares += u[i] * u[i];
    }
    g[0] = -v / (sd * sd) + 0.5 * squares * precision - 4.5;
    return -0.5 * v * v / (sd * sd) - 0.5 * squares * precision - 4.5 * v;
  });
}

std::unique_ptr<Target> student(int n, double nu) {
  return std::make_unique<FunctionTarget>(n, [=](const double* u, double* g) {
    double log_density = 0;
    for (int i = 0; i < n; ++i) {
      g[i] = -(nu + 1) * u[i] / (nu + u[i] * u[i]);
      log_density -= 0.5 * (nu + 1) * std::log1p(u[i] * u[i] / nu);
    }
    return log_density;
  });
}

void check_moments(const Run& run, const std::vector<std::int64_t>& coordinates, double variance) {
  for (const std::int64_t k : coordinates) {
    INFO("coordinate " << k);
    CHECK(std::fabs(mean_z(
              run, [k](const double* u) { return u[k]; }, 0.0)) < 4);
    CHECK(std::fabs(mean_z(
              run, [k](const double* u) { return u[k] * u[k]; }, variance)) < 4);
    const auto values = run.coordinate(k);
    CHECK(r_hat(run.view(values)) < 1.01);
  }
}

}  // namespace

TEST_CASE("standard normal, 1e5 draws of every metric", "[infer][nuts]") {
  for (const char* metric : {"gradient", "diag", "dense"}) {
    INFO(metric);
    const Run run = sample(options(metric, 500, 25000), standard_normal);
    check_moments(run, {0, 1, 2, 3, 4}, 1.0);
    for (int k = 0; k < 5; ++k) CHECK(kolmogorov(run, k, 5, normal_cdf) < 1.95);
    CHECK(run.divergences() == 0);
  }
}

TEST_CASE("plain HMC on normals of different scale", "[infer][nuts]") {
  auto o = options("gradient", 1000, 10000);
  o.kind = SamplerKind::hmc;
  o.trajectory_length = 2.0;
  const Run run = sample(o, [] { return std::make_unique<NormalTarget>(std::vector<double>{0.1, 1.0, 10.0}); });
  for (std::int64_t k = 0; k < 3; ++k) {
    const double sd = std::pow(10.0, static_cast<double>(k) - 1);
    check_moments(run, {k}, sd * sd);
    CHECK(kolmogorov(run, k, 10, [sd](double x) { return normal_cdf(x / sd); }) < 1.95);
  }
  for (const auto steps : run.chains[0].stats.n_steps) {
    REQUIRE(steps == static_cast<int>(std::ceil(2.0 / run.chains[0].step_size)));
  }
}

TEST_CASE("correlated normal, rho 0.99 in 20 dimensions", "[infer][nuts]") {
  const MakeTarget make = [] { return correlated_normal(20, 0.99); };
  const Run diagonal = sample(options("gradient", 1000, 5000), make);
  check_moments(diagonal, {0, 7, 19}, 1.0);
  CHECK(kolmogorov(diagonal, 0, 10, normal_cdf) < 1.95);
  const Run dense = sample(options("dense", 1000, 5000), make);
  check_moments(dense, {0, 7, 19}, 1.0);
  const auto product = [](const double* u) { return u[0] * u[1]; };
  CHECK(std::fabs(mean_z(dense, product, 0.99)) < 4);
  // Knowing the covariance makes it an easy target.
  CHECK(dense.leapfrogs_per_draw() < 0.5 * diagonal.leapfrogs_per_draw());
  const auto inverse = dense.chains[0].inverse_metric;
  REQUIRE(inverse.size() == 400);
  CHECK(inverse[1] == Approx(0.99).margin(0.25));
}

TEST_CASE("funnel in ten dimensions", "[infer][nuts]") {
  auto o = options("gradient", 1000, 10000);
  o.target_accept = 0.95;
  const Run run = sample(o, [] { return funnel(1.0); });
  check_moments(run, {0}, 1.0);
  CHECK(std::fabs(mean_z(
            run, [](const double* u) { return u[3]; }, 0.0)) < 4);
  CHECK(std::fabs(mean_z(
            run, [](const double* u) { return u[3] * u[3] * std::exp(-u[0]); }, 1.0)) < 4);
  CHECK(kolmogorov(run, 0, 20, normal_cdf) < 1.95);
}

TEST_CASE("a chain that diverges late in warm-up takes smaller steps", "[infer][nuts]") {
  // Step sizes of single chains scatter by a factor of two; 128 chains give the mean logarithm to 0.03.
  const auto mean_log_step = [](double target_accept) {
    auto o = options("gradient", 400, 1);
    o.chains = 128;
    o.target_accept = target_accept;
    const Run run = sample(o, [] { return funnel(4.0); });
    double sum = 0;
    for (const auto& chain : run.chains) sum += std::log(chain.step_size);
    return sum / static_cast<double>(run.chains.size());
  };
  const double asked = mean_log_step(0.79), careful = mean_log_step(0.8);
  INFO("asked for 0.79: " << asked << ", default: " << careful);
  CHECK(asked > careful + 0.1);  // who asks for less than the default is left alone
}

TEST_CASE("the neck of a steep funnel shows as divergences", "[infer][nuts]") {
  const Run run = sample(options("gradient", 500, 1000), [] { return funnel(3.0); });
  std::int64_t flagged = 0;
  for (const ChainResult& chain : run.chains) {
    flagged += std::count(chain.stats.diverging.begin(), chain.stats.diverging.end(), 1);
  }
  CHECK(run.divergences() > 0);
  CHECK(flagged == run.divergences());
}

TEST_CASE("Student t with five degrees of freedom", "[infer][nuts]") {
  const Run run = sample(options("gradient", 1000, 20000), [] { return student(3, 5.0); });
  for (int k = 0; k < 3; ++k) {
    CHECK(std::fabs(mean_z(
              run, [k](const double* u) { return u[k]; }, 0.0)) < 4);
    CHECK(std::fabs(mean_z(
              run, [k](const double* u) { return std::fabs(u[k]) < 1 ? 1.0 : 0.0; }, 0.6367825323508774)) < 4);
    const boost::math::students_t t(5);
    CHECK(kolmogorov(run, k, 10, [&t](double x) { return boost::math::cdf(t, x); }) < 1.95);
  }
}

TEST_CASE("Stein's identities hold, and find a wrong gradient", "[infer][nuts]") {
  EightSchools target;
  const Run run = sample(options("gradient", 1000, 4000), [] { return std::make_unique<EightSchools>(); });
  CHECK(largest_stein_z(run, target) < 4.5);

  FunctionTarget wrong(10, [](const double* u, double* g) {
    EightSchools right;
    const double value = right.log_density_gradient(u, g);
    g[9] -= 0.3;
    return value;
  });
  CHECK(largest_stein_z(run, wrong) > 4.5);
}

TEST_CASE("cost of independent normals with standard deviations 0.01 to 316", "[infer][nuts]") {
  std::vector<double> sd;
  for (int i = 0; i < 8; ++i) sd.push_back(std::pow(10.0, -2 + 4.5 * i / 7));
  const MakeTarget make = [&] { return std::make_unique<NormalTarget>(sd); };
  const Run gradient = sample(options("gradient", 1000, 4000), make);
  const Run window = sample(options("diag", 1000, 4000), make);
  CHECK(gradient.leapfrogs_per_draw() == Approx(4.8).epsilon(0.3));
  CHECK(window.leapfrogs_per_draw() == Approx(6.2).epsilon(0.3));
  // Most of the gain of the gradient metric is in the warm-up.
  const auto warmup = [](const Run& run) { return static_cast<double>(run.chains[0].warmup_steps) / 1000; };
  CHECK(warmup(gradient) < 8);
  CHECK(warmup(window) > 30);
  for (std::size_t i = 0; i < sd.size(); ++i) {
    CHECK(gradient.chains[0].inverse_metric[i] == Approx(sd[i] * sd[i]).epsilon(0.5));
    CHECK(gradient.chains[0].initial_point.size() == sd.size());
  }
}

TEST_CASE("cost of the eight schools", "[infer][nuts]") {
  const MakeTarget make = [] { return std::make_unique<EightSchools>(); };
  const Run gradient = sample(options("gradient", 1000, 4000), make);
  const Run window = sample(options("diag", 1000, 4000), make);
  CHECK(gradient.leapfrogs_per_draw() == Approx(6.7).epsilon(0.3));
  CHECK(window.leapfrogs_per_draw() == Approx(7.6).epsilon(0.3));
  double smallest = 1e9;
  for (std::int64_t k = 0; k < 10; ++k) {
    const auto values = gradient.coordinate(k);
    smallest = std::min(smallest, ess_bulk(gradient.view(values)));
    CHECK(r_hat(gradient.view(values)) < 1.01);
  }
  CHECK(1000 * smallest / (4 * 4000 * gradient.leapfrogs_per_draw()) == Approx(80).epsilon(0.3));
  // Means of 10,000 reference draws (posteriordb): mu 4.41 and tau 3.60, both with a standard error of 0.033.
  for (const Run* run : {&gradient, &window}) {
    const auto check = [run](const std::function<double(const double*)>& f, double reference) {
      const auto values = run->series(f);
      double mean = 0;
      for (const double v : values) mean += v / static_cast<double>(values.size());
      CHECK(std::fabs(mean - reference) < 4 * std::hypot(mcse_mean(run->view(values)), 0.033));
    };
    check([](const double* u) { return u[8]; }, 4.4105);
    check([](const double* u) { return std::exp(u[9]); }, 3.6021);
  }
  CHECK(gradient.divergences() <= 32);

  const Run timed = sample(options("gradient", 1000, 1000), make, 2);
  std::cout << "eight schools, 4 x (1000 + 1000) on 2 threads: " << 1e3 * timed.seconds << " ms\n";
  CHECK(timed.seconds < 1.0);  // some 10 ms; the bound only has to survive a loaded machine
}
