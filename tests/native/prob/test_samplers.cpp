// Samplers against densities: Kolmogorov-Smirnov and chi-square tests with fixed seeds, moments, addresses.
#include <algorithm>
#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/gamma.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <catch2/catch.hpp>
#include <functional>
#include <map>

#include "dolab/error.hpp"
#include "prob_checks.hpp"

using namespace dolab;
using namespace dolab::prob;
using namespace dolab::prob::checks;

namespace {

constexpr std::int64_t kDraws = 4000;
constexpr tensor::RunContext kRun{0x5eedULL, 0, 0};

Array draws(const DistributionPtr& d, std::int64_t n = kDraws, std::uint32_t site = 77) {
  return tensor::evaluate({d->sample({site, -1}, {n})}, {}, {}, kRun)[0];
}

DistributionPtr scalar_family(Graph& graph, const char* family, const std::vector<double>& parameters) {
  std::vector<Tensor> tensors;
  for (const double p : parameters) tensors.push_back(graph.scalar(p));
  return make_distribution(graph, family, tensors);
}

/// Largest distance of the empirical distribution from uniform, times sqrt(n); 2.2 is exceeded once in 8,000 tests.
double kolmogorov(std::vector<double> u) {
  std::sort(u.begin(), u.end());
  const double n = static_cast<double>(u.size());
  double worst = 0.0;
  for (std::size_t i = 0; i < u.size(); ++i) {
    const double at = static_cast<double>(i);
    worst = std::max({worst, (at + 1.0) / n - u[i], u[i] - at / n});
  }
  return worst * std::sqrt(n);
}

std::vector<double> through(const Array& x, const std::function<double(double)>& cdf) {
  std::vector<double> u;
  for (std::int64_t i = 0; i < x.size(); ++i) u.push_back(cdf(x[i]));
  return u;
}

/// p-value of the counts of draws against exp(log_prob), rare values in one cell.
double chi_square_p(Graph& graph, const DistributionPtr& d, const Array& x) {
  std::map<double, double> counts;
  for (std::int64_t i = 0; i < x.size(); ++i) counts[x[i]] += 1.0;
  const double n = static_cast<double>(x.size());
  double statistic = 0.0, rest_expected = n, rest_observed = n;
  int cells = 0;
  const double top = counts.rbegin()->first;
  std::vector<double> values;
  for (double v = 0.0; v <= top; v += 1.0) values.push_back(v);
  const Tensor lp = d->log_prob(graph.constant(Array::vector(values)));
  for (std::size_t v = 0; v < values.size(); ++v) {
    const double expected = n * std::exp(lp.value()[static_cast<std::int64_t>(v)]);
    if (expected < 8.0) continue;
    const double observed = counts.count(values[v]) != 0 ? counts[values[v]] : 0.0;
    statistic += (observed - expected) * (observed - expected) / expected;
    rest_expected -= expected;
    rest_observed -= observed;
    ++cells;
  }
  if (rest_expected >= 1.0)
    statistic += (rest_observed - rest_expected) * (rest_observed - rest_expected) / rest_expected;
  const int freedom = rest_expected >= 1.0 ? cells : cells - 1;
  return 1.0 - boost::math::cdf(boost::math::chi_squared(freedom), statistic);
}

}  // namespace

TEST_CASE("continuous samplers follow their cdf", "[prob]") {
  struct Case {
    const char* family;
    std::vector<double> parameters;
  };
  const std::vector<Case> cases{
      {"Normal", {1.0, 2.0}},   {"LogNormal", {0.3, 0.7}}, {"HalfNormal", {2.0}},    {"Exponential", {0.5}},
      {"HalfCauchy", {1.5}},    {"Cauchy", {-1.0, 0.4}},   {"Uniform", {-2.0, 5.0}}, {"Laplace", {1.0, 3.0}},
      {"Logistic", {0.0, 0.2}}, {"Weibull", {2.0, 0.6}},   {"Weibull", {1.0, 5.0}},  {"Gumbel", {3.0, 2.0}},
  };
  for (const auto& c : cases) {
    Graph graph;
    const auto d = scalar_family(graph, c.family, c.parameters);
    const Array x = draws(d);
    const Tensor u = d->cdf(graph.constant(x));
    INFO(c.family);
    CHECK(kolmogorov(u.value().to_vector()) < 2.2);
    // The quantile function is the inverse of the cdf.
    const Array back = d->icdf(u).value();
    for (std::int64_t i = 0; i < 50; ++i) CHECK(back[i] == Approx(x[i]).epsilon(1e-8).margin(1e-9));
  }
}

TEST_CASE("truncated normal draws follow their cdf, in tails too", "[prob]") {
  const std::vector<std::vector<double>> bounds{{0.0, INFINITY}, {-1.0, 0.5},       {3.0, 3.5},
                                                {8.0, 9.0},      {-INFINITY, -6.0}, {6.0, INFINITY}};
  for (const auto& b : bounds) {
    Graph graph;
    Arguments arguments;
    if (std::isfinite(b[0])) arguments.named.emplace_back("low", b[0]);
    if (std::isfinite(b[1])) arguments.named.emplace_back("high", b[1]);
    const auto d = make_distribution(graph, "TruncatedNormal", arguments);
    INFO(b[0] << " to " << b[1]);
    CHECK(kolmogorov(d->cdf(graph.constant(draws(d))).value().to_vector()) < 2.2);
  }
}

TEST_CASE("samplers on gamma leaves follow the cdf of Boost.Math", "[prob]") {
  using boost::math::cdf;
  for (const double a : {0.05, 0.8, 1.0, 3.5, 400.0}) {
    Graph graph;
    INFO("shape " << a);
    const auto gamma_cdf = [a](double x) { return cdf(boost::math::gamma_distribution<>(a, 0.5), x); };
    CHECK(kolmogorov(through(draws(scalar_family(graph, "Gamma", {a, 2.0})), gamma_cdf)) < 2.2);
    const auto inverse_cdf = [a](double x) { return 1.0 - cdf(boost::math::gamma_distribution<>(a, 0.5), 1.0 / x); };
    if (a > 0.1) CHECK(kolmogorov(through(draws(scalar_family(graph, "InverseGamma", {a, 2.0})), inverse_cdf)) < 2.2);
    const auto beta_cdf = [a](double x) { return cdf(boost::math::beta_distribution<>(a, 1.7), x); };
    CHECK(kolmogorov(through(draws(scalar_family(graph, "Beta", {a, 1.7})), beta_cdf)) < 2.2);
    const auto t_cdf = [a](double x) { return cdf(boost::math::students_t(a), (x - 1.0) / 3.0); };
    if (a > 0.1) CHECK(kolmogorov(through(draws(scalar_family(graph, "StudentT", {a, 1.0, 3.0})), t_cdf)) < 2.2);
  }
}

TEST_CASE("discrete samplers follow their density", "[prob]") {
  Graph graph;
  const auto vector = [&](const std::vector<double>& v) { return graph.constant(Array::vector(v)); };
  const auto named = [&](const char* family, const std::vector<std::pair<std::string, Argument>>& arguments) {
    Arguments a;
    a.named = arguments;
    return make_distribution(graph, family, a);
  };
  const std::vector<DistributionPtr> cases{
      named("Bernoulli", {{"probs", 0.3}}),
      named("Bernoulli", {{"logits", -1.2}}),
      named("Binomial", {{"total_count", 12.0}, {"probs", 0.35}}),
      named("Binomial", {{"total_count", 200.0}, {"logits", 0.4}}),
      named("BetaBinomial", {{"concentration1", 2.0}, {"concentration0", 0.7}, {"total_count", 10.0}}),
      named("Geometric", {{"probs", 0.25}}),
      named("Geometric", {{"logits", 1.0}}),
      scalar_family(graph, "Poisson", {0.4}),
      scalar_family(graph, "Poisson", {7.5}),
      scalar_family(graph, "Poisson", {60.0}),
      scalar_family(graph, "ZeroInflatedPoisson", {0.4, 3.0}),
      scalar_family(graph, "NegativeBinomial2", {4.0, 1.5}),
      scalar_family(graph, "GammaPoisson", {3.0, 0.5}),
      named("Categorical", {{"probs", vector({0.1, 0.2, 0.0, 0.7})}}),
      named("Categorical", {{"logits", vector({1.0, -0.5, 2.0})}}),
      named("OrderedLogistic", {{"predictor", 0.4}, {"cutpoints", vector({-1.0, 0.0, 1.5})}}),
  };
  for (const auto& d : cases) {
    INFO(d->name());
    CHECK(chi_square_p(graph, d, draws(d)) > 1e-4);
  }
}

TEST_CASE("vector samplers have the right margins", "[prob]") {
  Graph graph;
  const auto vector = [&](const std::vector<double>& v) { return graph.constant(Array::vector(v)); };
  const auto column = [](const Array& x, std::int64_t width, std::int64_t j) {
    std::vector<double> values;
    for (std::int64_t i = j; i < x.size(); i += width) values.push_back(x[i]);
    return Array::vector(values);
  };
  const std::vector<double> alpha{0.3, 2.0, 5.0};
  const Array simplex = draws(make_distribution(graph, "Dirichlet", {vector(alpha)}));
  for (std::size_t j = 0; j < 3; ++j) {
    const boost::math::beta_distribution<> margin(alpha[j], 7.3 - alpha[j]);
    const auto x = column(simplex, 3, static_cast<std::int64_t>(j));
    CHECK(kolmogorov(through(x, [&](double v) { return boost::math::cdf(margin, v); })) < 2.2);
  }
  Arguments multinomial;
  multinomial.named = {{"total_count", 9.0}, {"probs", vector({0.2, 0.5, 0.3})}};
  const Array counts = draws(make_distribution(graph, "Multinomial", multinomial));
  for (std::size_t j = 0; j < 3; ++j) {
    const std::vector<double> p{0.2, 0.5, 0.3};
    Arguments margin;
    margin.named = {{"total_count", 9.0}, {"probs", p[j]}};
    const auto d = make_distribution(graph, "Binomial", margin);
    CHECK(chi_square_p(graph, d, column(counts, 3, static_cast<std::int64_t>(j))) > 1e-4);
  }
  for (std::int64_t i = 0; i < kDraws; ++i) REQUIRE(counts[3 * i] + counts[3 * i + 1] + counts[3 * i + 2] == 9.0);
}

TEST_CASE("multivariate normal draws are white after whitening", "[prob]") {
  Graph graph;
  const Tensor loc = graph.constant(Array::vector({1.0, -2.0, 0.5}));
  const Tensor matrix = graph.constant(Array(DType::real, {3, 3}, {2.0, 0.6, -0.4, 0.6, 1.0, 0.3, -0.4, 0.3, 1.5}));
  for (const char* which : {"covariance_matrix", "precision_matrix", "scale_tril"}) {
    Arguments arguments;
    const bool factor = std::string(which) == "scale_tril";
    arguments.named = {{"loc", loc}, {which, factor ? tensor::cholesky(matrix) : matrix}};
    const auto d = make_distribution(graph, "MultivariateNormal", arguments);
    const Tensor x = graph.constant(draws(d));
    const Tensor white = tensor::tri_solve(d->parameter("scale_tril"), tensor::matrix_transpose(x - loc));
    const Array z = white.value();
    std::vector<double> u;
    for (std::int64_t i = 0; i < z.size(); ++i) u.push_back(0.5 * std::erfc(-z[i] / std::sqrt(2.0)));
    INFO(which);
    CHECK(kolmogorov(u) < 2.2);
    const Array products = tensor::matmul(white, tensor::matrix_transpose(white)).value();
    for (const int k : {1, 2, 5}) CHECK(std::abs(products[k]) / kDraws < 4.0 / std::sqrt(static_cast<double>(kDraws)));
  }
}

TEST_CASE("LKJ draws have beta distributed correlations and unit rows", "[prob]") {
  Graph graph;
  for (const double eta : {0.7, 1.0, 4.0}) {
    Arguments arguments;
    arguments.named = {{"dimension", std::int64_t{4}}, {"concentration", eta}};
    const auto d = make_distribution(graph, "LKJCholesky", arguments);
    const Tensor l = graph.constant(draws(d));
    const Array r = tensor::matmul(l, tensor::matrix_transpose(l)).value();
    const boost::math::beta_distribution<> margin(eta + 1.0, eta + 1.0);  // eta - 1 + n / 2
    for (const std::int64_t at : {1, 3, 11}) {
      std::vector<double> u;
      for (std::int64_t i = 0; i < kDraws; ++i) u.push_back(boost::math::cdf(margin, 0.5 * (1.0 + r[16 * i + at])));
      INFO("concentration " << eta << " entry " << at);
      CHECK(kolmogorov(u) < 2.2);
    }
    for (std::int64_t i = 0; i < 4; ++i) CHECK(r[5 * i] == Approx(1.0).epsilon(1e-12));
    CHECK(d->support().check(l).value()[17] == 1.0);
  }
}

TEST_CASE("mixtures and transformed distributions push draws forward", "[prob]") {
  Graph graph;
  const auto vector = [&](const std::vector<double>& v) { return graph.constant(Array::vector(v)); };
  Arguments arguments;
  arguments.positional = {make_distribution(graph, "Categorical", {vector({0.3, 0.7})}),
                          make_distribution(graph, "Normal", {vector({-3.0, 1.0}), vector({0.5, 2.0})})};
  const auto mixture = make_distribution(graph, "MixtureSameFamily", arguments);
  CHECK(kolmogorov(mixture->cdf(graph.constant(draws(mixture))).value().to_vector()) < 2.2);
  arguments.positional = {make_distribution(graph, "Exponential", {graph.scalar(2.0)}),
                          std::vector<TransformPtr>{affine_transform(graph.scalar(1.0), graph.scalar(-3.0))}};
  const auto shifted = make_distribution(graph, "TransformedDistribution", arguments);
  CHECK(kolmogorov(shifted->cdf(graph.constant(draws(shifted))).value().to_vector()) < 2.2);
  CHECK(shifted->support().name() == "less_than");
}

TEST_CASE("expanded draws are independent, and rows keep their numbers when rows are added", "[prob]") {
  Graph graph;
  const auto vector = [&](const std::vector<double>& v) { return graph.constant(Array::vector(v)); };
  const auto d = make_distribution(graph, "Normal", {graph.scalar(0.0), graph.scalar(1.0)})->expand({50});
  const Array x = tensor::evaluate({d->sample({5, 0})}, {}, {}, kRun)[0];
  std::vector<double> sorted = x.to_vector();
  std::sort(sorted.begin(), sorted.end());
  CHECK(std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end());
  Arguments mixture;
  mixture.positional = {make_distribution(graph, "Categorical", {vector({0.3, 0.7})}),
                        make_distribution(graph, "Gamma", {vector({0.5, 3.0}), vector({1.0, 2.0})})};
  for (const auto& family : {d, make_distribution(graph, "Beta", {graph.scalar(0.5), graph.scalar(2.0)}),
                             make_distribution(graph, "NegativeBinomial2", {graph.scalar(4.0), graph.scalar(0.5)}),
                             make_distribution(graph, "MixtureSameFamily", mixture)}) {
    const auto base = family == d ? make_distribution(graph, "Normal", std::vector<Tensor>{}) : family;
    const Array few = tensor::evaluate({base->expand({7})->sample({9, 0})}, {}, {}, kRun)[0];
    const Array many = tensor::evaluate({base->expand({50})->sample({9, 0})}, {}, {}, kRun)[0];
    INFO(family->name());
    for (std::int64_t i = 0; i < 7; ++i) CHECK(few[i] == many[i]);
  }
}

TEST_CASE("derived keys are a promise", "[prob]") {
  CHECK((SampleKey{0x12345678u, -1}.derive(0).hash) == 0x12345678u);
  CHECK((SampleKey{0x12345678u, -1}.derive(1).hash) == 0x86705d9fu);
  CHECK((SampleKey{0x12345678u, 2}.derive(7).row_axis) == 2);
}

TEST_CASE("an improper prior refuses to be sampled", "[prob]") {
  Graph graph;
  Arguments arguments;
  arguments.positional = {Constraint(Constraint::Kind::positive), Shape{3}, Shape{}};
  const auto d = make_distribution(graph, "ImproperUniform", arguments);
  CHECK(d->batch_shape() == Shape{3});
  CHECK_THROWS_WITH(d->sample({1, -1}), Catch::Contains("E506"));
}
