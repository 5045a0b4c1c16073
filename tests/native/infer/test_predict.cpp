// Posterior draws, prediction and log likelihood; NUTS on models with known posteriors.
#include <catch2/catch.hpp>

#include "infer/diagnose.hpp"
#include "infer/initialize.hpp"
#include "infer/model_target.hpp"
#include "infer/predict.hpp"
#include "tests/native/model/example_models.hpp"

using namespace dolab;
using namespace dolab::example;

namespace {

infer::Posterior sampled(const model::Density& density, std::int64_t chains, std::int64_t draws, ThreadPool& pool) {
  infer::NutsOptions options;
  options.chains = chains;
  options.warmup = 500;
  options.draws = draws;
  options.seed = 11;
  Progress progress;
  infer::InitOptions init;
  init.seed = options.seed;
  const infer::Initializer initializer(density, init);
  const auto targets = infer::make_targets(density, chains, options.seed);
  const auto results = infer::run_nuts(options, targets, pool, progress, initializer.starting_points());
  return infer::constrain_draws(density, results, {}, pool);
}

infer::Posterior effects(std::int64_t chains, std::int64_t draws) {
  infer::Posterior posterior;
  posterior.chains = chains;
  posterior.draws = draws;
  infer::SiteDraws site;
  site.name = "effect";
  site.values = Array(DType::real, {chains, draws});
  for (std::int64_t i = 0; i < chains * draws; ++i) site.values.mutable_data()[i] = 0.01 * static_cast<double>(i);
  posterior.sites.push_back(site);
  return posterior;
}

}  // namespace

TEST_CASE("NUTS on a traced model has the moments of a conjugate posterior", "[infer]") {
  // m ~ N(0, 2), y_i ~ N(m, 1), three rows: posterior N(s / (3 + 1/4), 1 / (3 + 1/4)).
  const auto build = [](Builder& b, const Arguments&) {
    const Tensor m = b.sample("m", normal(b, 0.0, 2.0));
    b.deterministic("twice", 2.0 * m);
    b.sample("y", normal(b, m, number(b, 1.0)), {vector(b, {1.0, 2.5, 0.4}), {}, {}, {}});
  };
  const model::Density density(traced(build));
  ThreadPool one(1), two(2);
  const infer::Posterior draws = sampled(density, 2, 2000, one);
  CHECK(draws.chains == 2);
  const infer::SiteDraws& m = *draws.find("m");
  const infer::ChainView view{m.values.data(), 2, 2000};
  infer::Summarizer summarizer;
  const infer::Summary summary = summarizer.summarize(view);
  CHECK(std::fabs(summary.mean - 3.9 / 3.25) < 4.0 * summary.mcse_mean);
  CHECK(std::fabs(summary.sd - std::sqrt(1.0 / 3.25)) < 4.0 * summary.mcse_sd);
  CHECK(summary.r_hat < 1.01);
  for (const std::int64_t i : {0, 17, 3999}) CHECK(draws.find("twice")->values[i] == Approx(2.0 * m.values[i]));
  // Bit for bit on two threads.
  const infer::Posterior again = sampled(density, 2, 2000, two);
  for (std::size_t i = 0; i < draws.sites.size(); ++i) {
    CHECK(draws.sites[i].values.identical(again.sites[i].values));
  }
}

TEST_CASE("predictions do not depend on chunks or threads", "[infer]") {
  TraceOptions options;
  options.subsampling = false;
  const auto trace = traced(mediation, {{"n", 13}}, options);
  const infer::Posterior posterior = effects(3, 37);
  ThreadPool one(1), two(2);
  Array first;
  for (const std::int64_t bytes : {1, 3000, 1 << 25}) {
    for (ThreadPool* pool : {&one, &two}) {
      infer::PredictOptions predict;
      predict.sites = {"y", "mean"};
      predict.seed = 5;
      predict.batched.chunk_bytes = bytes;
      MemoryDraws sink;
      CHECK(infer::run_prediction(infer::plan_prediction(*trace, posterior, predict), sink, "predictions", *pool));
      const Array& y = sink.draws("predictions", "y");
      CHECK(y.shape() == Shape{3, 37, 13});
      if (first.size() == 1) first = y;
      CHECK(y.identical(first));
      CHECK(sink.variables("predictions")[0].dims == std::vector<std::string>{"rows"});
    }
  }
}

TEST_CASE("predictions condition on the draw", "[infer]") {
  const auto trace = traced(mediation, {{"n", 4000}});
  const infer::Posterior posterior = effects(1, 3);
  infer::PredictOptions options;
  options.sites = {"z", "y"};
  ThreadPool pool(1);
  infer::run_prediction(
      infer::plan_prediction(*trace, posterior, options), pool,
      [&](std::int64_t first, std::int64_t count, const std::vector<const double*>& values) {
        for (std::int64_t k = 0; k < count; ++k) {
          double cross = 0.0;
          for (std::int64_t i = 0; i < 4000; ++i) cross += values[0][4000 * k + i] * values[1][4000 * k + i] / 4000;
          // E z y = 2 + effect; the variance of z y is below 3 (2 + effect)^2 + 1.
          const double expected = 2.0 + 0.01 * static_cast<double>(first + k);
          CHECK(std::fabs(cross - expected) < 4.0 * std::sqrt((3.0 * expected * expected + 1.0) / 4000));
        }
      });
}

TEST_CASE("the prior predictive draws everything", "[infer]") {
  const auto trace = traced(eight_schools, {{"sigma", Array::vector({15, 10, 16, 11, 9, 11, 10, 18})}});
  ThreadPool pool(1);
  MemoryDraws sink;
  infer::run_prediction(infer::plan_prior_prediction(*trace, 500, {}), sink, "prior", pool);
  const Array& mu = sink.draws("prior", "mu");
  REQUIRE(mu.shape() == Shape{1, 500});
  double mean = 0.0, square = 0.0;
  for (std::int64_t i = 0; i < 500; ++i) {
    mean += mu[i] / 500;
    square += mu[i] * mu[i] / 500;
  }
  CHECK(std::fabs(mean) < 4.0 * 5.0 / std::sqrt(500.0));
  CHECK(std::fabs(square - 25.0) < 4.0 * 25.0 * std::sqrt(2.0 / 500.0));
  CHECK(sink.draws("prior", "obs").shape() == Shape{1, 500, 8});
}

TEST_CASE("log likelihoods are pointwise", "[infer]") {
  const Array z = Array::vector({0.0, 1.0}), y = Array::vector({0.5, 3.0});
  const auto trace = traced(mediation, {{"n", 2}, {"z", z}, {"y", y}});
  infer::Posterior posterior = effects(1, 4);
  infer::SiteDraws m;
  m.name = "m";
  m.shape = {2};
  m.values = Array(DType::real, {1, 4, 2}, {0, 1, 2, 3, 4, 5, 6, 7});
  posterior.sites.push_back(m);
  ThreadPool pool(1);
  MemoryDraws sink;
  infer::run_prediction(infer::plan_log_likelihood(*trace, posterior, {"y"}), sink, "log_likelihood", pool);
  const Array& result = sink.draws("log_likelihood", "y");
  REQUIRE(result.shape() == Shape{1, 4, 2});
  CHECK(result[5] == Approx(normal_log_density(3.0, 5.0 + 0.02, 0.3)));
  CHECK(result[0] == Approx(normal_log_density(0.5, 0.0, 0.3)));
  posterior.sites.pop_back();
  CHECK_THROWS_WITH(infer::plan_log_likelihood(*trace, posterior), Catch::Contains("\"m\""));
}

TEST_CASE("cancelling a prediction keeps complete draws only", "[infer]") {
  const auto trace = traced(mediation, {{"n", 3}});
  ThreadPool pool(1);
  Progress progress;
  progress.cancel();
  infer::PredictOptions options;
  options.batched.progress = &progress;
  MemoryDraws sink;
  CHECK_FALSE(infer::run_prediction(infer::plan_prediction(*trace, effects(1, 10), options), sink, "p", pool));
  CHECK(sink.draws("p", "y").shape() == Shape{1, 0, 3});
}
