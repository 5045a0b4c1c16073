// Log densities: at given values, on unconstrained space, and their gradients.
#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "base/philox.hpp"
#include "tests/native/model/example_models.hpp"

using namespace dolab;
using namespace dolab::example;

namespace {

/// Log density and gradient of the potential program at u.
std::pair<double, std::vector<double>> potential_at(const model::Density& density, const std::vector<double>& u) {
  tensor::Executor executor(density.potential(1));
  executor.bind_input(0, u.data());
  executor.run();
  const double* gradient = executor.output(1);
  return {executor.output(0)[0], std::vector<double>(gradient, gradient + density.dimension())};
}

std::vector<double> test_point(std::int64_t dimension) {
  std::vector<double> u;
  for (std::int64_t i = 0; i < dimension; ++i) u.push_back(0.7 * std::sin(2.1 * static_cast<double>(i) + 0.4));
  return u;
}

void check_gradient(const model::Density& density) {
  const std::vector<double> u = test_point(density.dimension());
  const auto [value, gradient] = potential_at(density, u);
  REQUIRE(std::isfinite(value));
  for (std::size_t i = 0; i < u.size(); ++i) {
    std::vector<double> high = u, low = u;
    high[i] += 1e-5;
    low[i] -= 1e-5;
    const double difference = (potential_at(density, high).first - potential_at(density, low).first) / 2e-5;
    CHECK(gradient[i] == Approx(difference).epsilon(1e-7).margin(1e-6));
  }
}

}  // namespace

TEST_CASE("eight schools: density at constrained values, site by site", "[model]") {
  const auto trace = traced(eight_schools, eight_schools_data());
  const Array theta = Array::vector({10, 5, 0, 7, -2, 3, 8, 11});
  const std::map<std::string, Array> at = {{"mu", Array::scalar(3.0)}, {"tau", Array::scalar(2.0)}, {"theta", theta}};
  const auto report = model::log_density_at(*trace, at, true);
  const Arguments data = eight_schools_data();
  const Array sigma = data.array("sigma"), y = data.array("y");
  double prior = 0.0, likelihood = 0.0;
  for (int j = 0; j < 8; ++j) {
    prior += normal_log_density(theta[j], 3.0, 2.0);
    likelihood += normal_log_density(y[j], theta[j], sigma[j]);
  }
  REQUIRE(report.sites.size() == 4);
  CHECK(report.sites[0].second == Approx(normal_log_density(3.0, 0.0, 5.0)).epsilon(1e-14));
  CHECK(report.sites[1].second == Approx(std::log(2.0 / (M_PI * 5.0 * (1.0 + 0.16)))).epsilon(1e-14));
  CHECK(report.sites[2].second == Approx(prior).epsilon(1e-14));
  CHECK(report.sites[3].second == Approx(likelihood).epsilon(1e-14));
  REQUIRE(report.gradient.size() == 3);
  CHECK(report.gradient[2].second.shape() == Shape{8});
  CHECK(report.max_relative_error < 1e-8);
}

TEST_CASE("missing or misshapen values are named", "[model]") {
  const auto trace = traced(eight_schools, eight_schools_data());
  CHECK_THROWS_WITH(model::log_density_at(*trace, {{"mu", Array::scalar(0.0)}}), Catch::Contains("tau"));
  CHECK_THROWS_WITH(
      model::log_density_at(
          *trace, {{"mu", Array::scalar(0.0)}, {"tau", Array::scalar(1.0)}, {"theta", Array::vector({1, 2})}}),
      Catch::Contains("theta"));
}

TEST_CASE("outside the support the density is zero", "[model]") {
  const auto trace = traced(eight_schools, eight_schools_data());
  const auto report = model::log_density_at(
      *trace, {{"mu", Array::scalar(0.0)}, {"tau", Array::scalar(-1.0)}, {"theta", Array(DType::real, {8})}});
  CHECK(report.sites[1].second == -HUGE_VAL);
  CHECK(report.sites[0].second == Approx(normal_log_density(0, 0, 5)));
}

TEST_CASE("the gradient on unconstrained space agrees with differences", "[model]") {
  SECTION("eight schools") { check_gradient(model::Density(traced(eight_schools, eight_schools_data()))); }
  SECTION("regression") { check_gradient(model::Density(traced(regression, regression_data()))); }
  SECTION("supports of several kinds, one that depends on another site") {
    check_gradient(model::Density(traced([](Builder& b, const Arguments&) {
      const Tensor top = b.sample("top", make(b, "Gamma", {number(b, 3.0), number(b, 2.0)}));
      const Tensor p = b.sample("p", make(b, "Beta", {number(b, 2.0), number(b, 3.0)}));
      b.sample("below", make(b, "Uniform", {number(b, 0.0), top}));
      const Tensor w = b.sample("w", make(b, "Dirichlet", {vector(b, {2.0, 1.5, 3.0})}));
      b.sample("y", normal(b, p * w, number(b, 0.5)), {vector(b, {0.1, 0.4, 0.2}), {}, {}, {}});
    })));
  }
  SECTION("masks, scales and factors") {
    check_gradient(model::Density(traced([](Builder& b, const Arguments&) {
      Scoped scaled(b, model::scale(vector(b, {1.0, 2.0, 3.0})));
      Scoped masked(b, model::mask(vector(b, {1, 0, 1}, DType::boolean)));
      const Tensor s = b.sample("s", make(b, "HalfNormal", {number(b, 1.5)})->expand({3}));
      b.factor("f", tensor::log(s) * 2.0);
    })));
  }
}

TEST_CASE("the Jacobian passes through scales and handler masks but not through masks of distributions", "[model]") {
  // HalfNormal(1) at u = 0.4 under scale 3: language page, section 8, gives 2.8157 for the potential.
  const auto potential = [](const ModelFunction& model) {
    return -potential_at(model::Density(traced(model)), {0.4}).first;
  };
  const auto half_normal = [](Builder& b) { return make(b, "HalfNormal", {number(b, 1.0)}); };
  CHECK(potential([&](Builder& b, const Arguments&) {
          Scoped scaled(b, model::scale(number(b, 3.0)));
          b.sample("s", half_normal(b));
        }) == Approx(2.8157).margin(5e-5));
  CHECK(potential([&](Builder& b, const Arguments&) {
          Scoped masked(b, model::mask(b.graph().scalar(0.0, DType::boolean)));
          b.sample("s", half_normal(b));
        }) == 0.0);
  CHECK(potential([&](Builder& b, const Arguments&) { b.sample("s", half_normal(b)->mask(false)); }) == Approx(-0.4));
}

TEST_CASE("unconstrain inverts the bijections", "[model]") {
  const model::Density density(traced(eight_schools, eight_schools_data()));
  const Array theta = Array::vector({10, 5, 0, 7, -2, 3, 8, 11});
  const auto u = density.unconstrain({{"mu", Array::scalar(3.0)}, {"tau", Array::scalar(2.0)}, {"theta", theta}});
  REQUIRE(u.size() == 10);
  CHECK(u[0] == 3.0);
  CHECK(u[1] == Approx(std::log(2.0)).epsilon(1e-14));
  CHECK(u[9] == 11.0);
  CHECK(density.coordinate_names()[9] == "theta[7]");
  CHECK(density.coordinate_names()[0] == "mu");
  CHECK_THROWS_AS(density.unconstrain({{"mu", Array::scalar(3.0)}, {"tau", Array::scalar(-2.0)}, {"theta", theta}}),
                  Error);
}

TEST_CASE("what cannot be inferred has its code", "[model]") {
  const auto code = [](const ModelFunction& model) {
    try {
      model::Density density(traced(model));
    } catch (const Error& error) {
      return error.code();
    }
    return std::string();
  };
  CHECK(code([](Builder& b, const Arguments&) { b.sample("k", make(b, "Poisson", {number(b, 2.0)})); }) == "E601");
  CHECK(code([](Builder& b, const Arguments&) { b.sample("d", make(b, "Delta", {number(b, 2.0)})); }) == "E505");
  CHECK(code([](Builder& b, const Arguments&) { b.deterministic("d", number(b, 2.0)); }) == "E507");
}

TEST_CASE("random rows are distinct, in range and uniform", "[model]") {
  for (const std::int64_t size : {1, 2, 5, 16, 17, 1000}) {
    std::vector<double> rows(static_cast<std::size_t>(size));
    model::random_rows(42, size, size, rows.data());
    const std::set<double> distinct(rows.begin(), rows.end());
    CHECK(distinct.size() == rows.size());
    CHECK(*distinct.begin() == 0.0);
    CHECK(*distinct.rbegin() == static_cast<double>(size - 1));
  }
  // 4000 subsets of 5 out of 50: each row is expected 400 times, sd 19; chi^2_49 has its 0.999 quantile at 85.4.
  std::vector<double> counts(50, 0.0), rows(5);
  for (std::uint64_t key = 0; key < 4000; ++key) {
    model::random_rows(splitmix64(key), 50, 5, rows.data());
    for (const double row : rows) ++counts[static_cast<std::size_t>(row)];
  }
  double chi_squared = 0.0;
  for (const double count : counts) chi_squared += (count - 400.0) * (count - 400.0) / 400.0;
  CHECK(chi_squared < 85.4);
}

TEST_CASE("random rows have no favourite pairs", "[model]") {
  // 8000 subsets of 5 out of 20: each of 190 pairs is expected 8000 * 20 / 380 times. The statistic of pair counts has
  // mean near 189 * (1 - p); 0.999 of chi^2_189 is 254.
  std::vector<double> counts(400, 0.0), rows(5);
  for (std::uint64_t key = 0; key < 8000; ++key) {
    model::random_rows(splitmix64(key + 77), 20, 5, rows.data());
    for (int i = 0; i < 5; ++i) {
      for (int j = i + 1; j < 5; ++j) {
        const double low = std::min(rows[i], rows[j]), high = std::max(rows[i], rows[j]);
        ++counts[static_cast<std::size_t>(20 * low + high)];
      }
    }
  }
  const double expected = 8000.0 * 20.0 / 380.0;
  double chi_squared = 0.0;
  for (int i = 0; i < 20; ++i) {
    for (int j = i + 1; j < 20; ++j) {
      const double count = counts[static_cast<std::size_t>(20 * i + j)];
      chi_squared += (count - expected) * (count - expected) / expected;
    }
  }
  CHECK(chi_squared < 254.0);
}

TEST_CASE("subsampled densities are unbiased for the density over all rows", "[model]") {
  const std::int64_t n = 40, m = 8;
  const auto build = [&](Builder& b, const Arguments&) {
    std::vector<double> x, y;
    for (int i = 0; i < n; ++i) {
      x.push_back(std::sin(i));
      y.push_back(std::cos(3 * i));
    }
    const Tensor slope = b.sample("slope", normal(b, 0.0, 1.0));
    const auto plate = b.plate("rows", n, m);
    const Tensor rows = b.enter(plate);
    const Tensor mean = slope * tensor::gather(vector(b, x), rows);
    b.sample("y", normal(b, mean, number(b, 1.0)), {b.subsample(vector(b, y), 0), {}, {}, {}});
    b.exit(plate);
  };
  TraceOptions full;
  full.subsampling = false;
  const std::vector<double> u = {0.3};
  const model::Density all(traced(build, {}, full)), part(traced(build));
  const double exact = potential_at(all, u).first;
  const Tensor input = part.trace().graph->input({1});
  const model::UnconstrainedModel model = part.at(part.split(input));
  std::vector<Tensor> inputs = part.plate_inputs();
  REQUIRE(inputs.size() == 1);
  inputs.push_back(input);
  tensor::Executor executor(tensor::compile(*part.trace().graph, inputs, {model.log_density}));
  std::vector<double> rows(m);
  executor.bind_input(0, rows.data());
  executor.bind_input(1, u.data());
  double mean = 0.0, squares = 0.0;
  const int draws = 4000;
  for (int i = 0; i < draws; ++i) {
    model::random_rows(splitmix64(static_cast<std::uint64_t>(i)), n, m, rows.data());
    executor.run();
    const double value = executor.output(0)[0];
    mean += value / draws;
    squares += value * value / draws;
  }
  const double se = std::sqrt((squares - mean * mean) / draws);
  CHECK(std::fabs(mean - exact) < 4.0 * se);
  CHECK(se > 0.0);
}
