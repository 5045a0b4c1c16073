// Guides: parameters, laws and quantiles in unconstrained space.
#include <catch2/catch.hpp>

#include "infer/guides/guide.hpp"
#include "tests/native/model/example_models.hpp"

using namespace dolab;
using namespace dolab::example;

namespace {

constexpr double kLogTwoPi = 1.8378770664093454836;

struct Drawn {
  std::vector<double> u;
  double log_q = 0.0;
};

Drawn draw(const infer::Guide& guide, const model::Density& density, const std::vector<double>& theta,
           std::uint32_t index) {
  tensor::Graph& graph = *density.trace().graph;
  const Tensor input = graph.input({guide.dimension()});
  const infer::GuideDraw one = guide.draw(density, guide.split(input));
  std::vector<Tensor> outputs = {one.log_density};
  outputs.insert(outputs.end(), one.blocks.begin(), one.blocks.end());
  const auto values =
      tensor::evaluate(outputs, {input}, {Array(DType::real, {guide.dimension()}, theta)}, {5, index, 0});
  Drawn result;
  result.log_q = values[0][0];
  for (std::size_t i = 1; i < values.size(); ++i) {
    for (std::int64_t j = 0; j < values[i].size(); ++j) result.u.push_back(values[i][j]);
  }
  return result;
}

model::Density schools() { return model::Density(traced(eight_schools, eight_schools_data()), true); }

}  // namespace

TEST_CASE("guides carry NumPyro's parameter names, shapes and starts", "[infer]") {
  const model::Density density = schools();
  std::vector<double> u;
  for (int i = 0; i < 10; ++i) u.push_back(0.1 * i);
  const auto normal = infer::make_guide("AutoNormal", density);
  const auto values = normal->constrained(normal->initial(u));
  CHECK(values.size() == 6);
  CHECK(values.at("theta_auto_loc").shape() == Shape{8});
  CHECK(values.at("theta_auto_loc")[0] == Approx(0.2));
  CHECK(values.at("tau_auto_scale")[0] == Approx(0.1).epsilon(1e-12));
  CHECK(values.at("tau_auto_loc")[0] == Approx(0.1));

  const auto dense = infer::make_guide("AutoMultivariateNormal", density);
  const auto joint = dense->constrained(dense->initial(u));
  CHECK(joint.at("auto_loc")[9] == Approx(0.9));
  const Array factor = joint.at("auto_scale_tril");
  for (int i = 0; i < 10; ++i) {
    for (int j = 0; j < 10; ++j) CHECK(factor[10 * i + j] == Approx(i == j ? 0.1 : 0.0).margin(1e-15));
  }
  const auto low_rank = infer::make_guide("AutoLowRankMultivariateNormal", density);
  CHECK(low_rank->constrained(low_rank->initial(u)).at("auto_cov_factor").shape() == Shape{10, 3});
  const auto delta = infer::make_guide("AutoDelta", density);
  CHECK(delta->constrained(delta->initial(u)).at("tau_auto_loc")[0] == Approx(std::exp(0.1)));
  CHECK_THROWS_WITH(infer::make_guide("AutoNorml", density), Catch::Contains("AutoNorml"));
}

TEST_CASE("parameters survive the way to constrained space and back", "[infer]") {
  const model::Density density = schools();
  const auto guide = infer::make_guide("AutoMultivariateNormal", density);
  std::vector<double> theta(static_cast<std::size_t>(guide->dimension()));
  for (std::size_t i = 0; i < theta.size(); ++i) theta[i] = std::sin(static_cast<double>(i));
  const auto back = guide->unconstrained(guide->constrained(theta), std::vector<double>(theta.size()));
  for (std::size_t i = 0; i < theta.size(); ++i) CHECK(back[i] == Approx(theta[i]).epsilon(1e-10));
}

TEST_CASE("log q is the density of the draw", "[infer]") {
  const model::Density density = schools();
  const std::vector<double> u(10, 0.3);
  SECTION("AutoNormal and AutoDiagonalNormal") {
    for (const char* name : {"AutoNormal", "AutoDiagonalNormal"}) {
      const auto guide = infer::make_guide(name, density, {0.5, 0});
      const Drawn one = draw(*guide, density, guide->initial(u), 3);
      double expected = 0.0;
      for (const double x : one.u) expected += normal_log_density(x, 0.3, 0.5);
      CHECK(one.log_q == Approx(expected).epsilon(1e-12));
    }
  }
  SECTION("AutoMultivariateNormal") {
    const auto guide = infer::make_guide("AutoMultivariateNormal", density);
    std::vector<double> theta = guide->initial(u);
    for (std::size_t i = 10; i < theta.size(); ++i) theta[i] += 0.4 * std::sin(static_cast<double>(i));
    const Array factor = guide->constrained(theta).at("auto_scale_tril");
    const Drawn one = draw(*guide, density, theta, 3);
    double expected = -5.0 * kLogTwoPi;
    std::vector<double> z(10);
    for (int i = 0; i < 10; ++i) {
      z[static_cast<std::size_t>(i)] = one.u[static_cast<std::size_t>(i)] - 0.3;
      for (int j = 0; j < i; ++j) z[static_cast<std::size_t>(i)] -= factor[10 * i + j] * z[static_cast<std::size_t>(j)];
      z[static_cast<std::size_t>(i)] /= factor[11 * i];
      expected -= std::log(factor[11 * i]) + 0.5 * z[static_cast<std::size_t>(i)] * z[static_cast<std::size_t>(i)];
    }
    CHECK(one.log_q == Approx(expected).epsilon(1e-11));
  }
  SECTION("AutoLowRankMultivariateNormal, rank one") {
    const auto guide = infer::make_guide("AutoLowRankMultivariateNormal", density, {0.5, 1});
    std::vector<double> theta = guide->initial(u);
    for (std::size_t i = 10; i < 20; ++i) theta[i] = std::cos(static_cast<double>(i));
    const Drawn one = draw(*guide, density, theta, 3);
    // With z = (u - loc)/s and covariance I + f f': log det = log(1 + f'f), z' inv z = z'z - (f'z)^2 / (1 + f'f).
    double ff = 0.0, fz = 0.0, zz = 0.0;
    for (std::size_t i = 0; i < 10; ++i) {
      const double z = (one.u[i] - 0.3) / 0.5, f = theta[10 + i];
      ff += f * f;
      fz += f * z;
      zz += z * z;
    }
    const double expected =
        -5.0 * kLogTwoPi - 10.0 * std::log(0.5) - 0.5 * std::log1p(ff) - 0.5 * (zz - fz * fz / (1.0 + ff));
    CHECK(one.log_q == Approx(expected).epsilon(1e-11));
  }
}

TEST_CASE("quantiles are those of the marginals", "[infer]") {
  const model::Density density = schools();
  const std::vector<double> u(10, 0.3);
  const auto guide = infer::make_guide("AutoNormal", density, {0.5, 0});
  tensor::Graph& graph = *density.trace().graph;
  const std::vector<double> theta = guide->initial(u);
  const auto pieces = guide->split(graph.constant(Array(DType::real, {guide->dimension()}, theta)));
  CHECK(guide->quantile(density, pieces, 0.5).blocks[0].value()[0] == Approx(0.3));
  CHECK(guide->quantile(density, pieces, 0.975).blocks[0].value()[0] == Approx(0.3 + 0.5 * 1.959963984540054));
}

TEST_CASE("local latents of subsampled plates have parameters of full size", "[infer]") {
  const auto build = [](Builder& b, const Arguments&) {
    const Tensor m = b.sample("m", normal(b, 0.0, 1.0));
    const auto plate = b.plate("rows", 30, 6);
    Scoped inside(b, plate);
    b.sample("local", normal(b, m, number(b, 1.0)));
  };
  const model::Density density(traced(build), true);
  const auto guide = infer::make_guide("AutoNormal", density);
  CHECK(guide->full_shapes()[1] == Shape{30});
  std::vector<double> u(31);
  for (std::size_t i = 0; i < u.size(); ++i) u[i] = static_cast<double>(i);
  const std::vector<double> theta = guide->initial(u);
  const auto pieces = guide->split(density.trace().graph->constant(Array(DType::real, {guide->dimension()}, theta)));
  const Tensor median = guide->quantile(density, pieces, 0.5).blocks[1];
  const auto rows =
      tensor::evaluate({median}, density.plate_inputs(), {Array(DType::integer, {6}, {3, 0, 29, 7, 8, 1})})[0];
  CHECK(rows.to_vector() == std::vector<double>{4, 1, 30, 8, 9, 2});
  try {
    infer::make_guide("AutoMultivariateNormal", density);
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.code() == "E704");
  }
}
