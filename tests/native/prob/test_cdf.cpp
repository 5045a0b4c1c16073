// Incomplete gamma and beta functions against Boost.Math, and the cdfs built on them against sums of the density.
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <catch2/catch.hpp>

#include "prob/incomplete.hpp"
#include "prob_checks.hpp"

using namespace dolab;
using namespace dolab::prob;
using namespace dolab::prob::checks;

namespace {

/// Not in long double, whose exp and log have only the digits of double in Emscripten's C library.
using InDouble = boost::math::policies::policy<boost::math::policies::promote_double<false>>;

}  // namespace

TEST_CASE("incomplete gamma function agrees with Boost.Math", "[prob]") {
  Graph graph;
  for (const double a : {0.01, 0.3, 1.0, 2.5, 30.0, 1e3, 1e5}) {
    for (const double q : {1e-4, 0.05, 0.5, 0.95, 0.9999}) {
      const double x = boost::math::gamma_p_inv(a, q, InDouble());
      if (x < 1e-290) continue;
      INFO("a " << a << " x " << x);
      const Tensor ta = graph.scalar(a), tx = graph.scalar(x);
      CHECK(gamma_lower(ta, tx).value().item() == Approx(q).epsilon(0).margin(1e-12));
      CHECK(gamma_upper(ta, tx).value().item() == Approx(1.0 - q).epsilon(0).margin(1e-12));
    }
    CHECK(gamma_lower(graph.scalar(a), graph.scalar(0.0)).value().item() < (a < 0.1 ? 1e-3 : 1e-80));
  }
}

TEST_CASE("incomplete beta function agrees with Boost.Math", "[prob]") {
  Graph graph;
  for (const double a : {0.05, 1.0, 3.0, 200.0, 1e4}) {
    for (const double b : {0.05, 0.5, 4.0, 2e3}) {
      for (const double x : {1e-6, 0.01, 0.3, 0.5, 0.9, 0.9999}) {
        INFO("a " << a << " b " << b << " x " << x);
        const double got =
            beta_lower(graph.scalar(a), graph.scalar(b), graph.scalar(x), graph.scalar(1.0 - x)).value().item();
        CHECK(got == Approx(boost::math::ibeta(a, b, x, InDouble())).epsilon(0).margin(1e-12));
      }
    }
  }
}

TEST_CASE("cdfs of counts are sums of the density", "[prob]") {
  Graph graph;
  const auto named = [&](const char* family, const std::vector<std::pair<std::string, Argument>>& arguments) {
    return make_distribution(graph, family, Arguments{{}, arguments});
  };
  const std::vector<DistributionPtr> cases{named("Poisson", {{"rate", 6.5}}),
                                           named("ZeroInflatedPoisson", {{"gate", 0.2}, {"rate", 3.0}}),
                                           named("NegativeBinomial2", {{"mean", 4.0}, {"concentration", 0.7}}),
                                           named("GammaPoisson", {{"concentration", 2.0}, {"rate", 0.4}}),
                                           named("Binomial", {{"total_count", 15.0}, {"probs", 0.3}}),
                                           named("Geometric", {{"probs", 0.2}}),
                                           named("Bernoulli", {{"logits", 0.7}})};
  for (const auto& d : cases) {
    const Tensor at = graph.constant(Array::vector({-1.0, 0.0, 1.0, 2.5, 9.0, 20.0}));
    const Array cdf = d->cdf(at).value();
    INFO(d->name());
    for (std::int64_t i = 0; i < at.size(); ++i) {
      double sum = 0.0;
      for (double k = 0.0; k <= at.value()[i]; k += 1.0) sum += std::exp(d->log_prob(graph.scalar(k)).value().item());
      CHECK(cdf[i] == Approx(sum).epsilon(1e-10).margin(1e-12));
    }
  }
}

TEST_CASE("the derivative of a cdf is the density", "[prob]") {
  Graph graph;
  const Tensor x = graph.input({4});
  const Array at = Array::vector({0.05, 0.3, 0.6, 0.97});
  const auto check = [&](const DistributionPtr& d) {
    const auto slope = tensor::evaluate(tensor::gradient(tensor::sum(d->cdf(x)), {x}), {x}, {at})[0];
    const auto density = tensor::evaluate({tensor::exp(d->log_prob(x))}, {x}, {at})[0];
    INFO(d->name());
    for (std::int64_t i = 0; i < 4; ++i) CHECK(slope[i] == Approx(density[i]).epsilon(1e-8));
  };
  check(make_distribution(graph, "Gamma", {graph.scalar(2.5), graph.scalar(4.0)}));
  check(make_distribution(graph, "InverseGamma", {graph.scalar(2.5), graph.scalar(0.5)}));
  check(make_distribution(graph, "Beta", {graph.scalar(0.7), graph.scalar(3.0)}));
  check(make_distribution(graph, "StudentT", {graph.scalar(3.0), graph.scalar(0.2), graph.scalar(0.5)}));
  check(make_distribution(graph, "TruncatedNormal", Arguments{{}, {{"low", 0.0}, {"high", 1.0}}}));
  check(make_distribution(graph, "Weibull", {graph.scalar(0.5), graph.scalar(1.5)}));
  check(make_distribution(graph, "HalfCauchy", {graph.scalar(0.5)}));
}
