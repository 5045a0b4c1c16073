// Effects of interventions: averages, groups, rows, shared noise.
#include <catch2/catch.hpp>

#include "causal/effect.hpp"
#include "tests/native/model/example_models.hpp"

using namespace dolab;
using namespace dolab::example;

namespace {

struct Scenarios {
  Trace baseline, intervention;
};

Scenarios scenarios(const ModelFunction& model, const Arguments& arguments, double low, double high) {
  TraceOptions options;
  options.subsampling = false;
  options.graph = std::make_shared<tensor::Graph>();
  options.intervene["z"] = model::impose(Array::scalar(low));
  Scenarios both;
  both.baseline = model::trace_model(model, arguments, options);
  options.intervene["z"] = model::impose(Array::scalar(high));
  both.intervention = model::trace_model(model, arguments, options);
  return both;
}

infer::Posterior effects(std::int64_t draws, double step) {
  infer::Posterior posterior;
  posterior.draws = draws;
  infer::SiteDraws site;
  site.name = "effect";
  site.values = Array(DType::real, {1, draws});
  for (std::int64_t i = 0; i < draws; ++i) site.values.mutable_data()[i] = step * static_cast<double>(i);
  posterior.sites.push_back(site);
  return posterior;
}

}  // namespace

TEST_CASE("outcome noise cancels, so that the effect is exact in a linear model", "[causal]") {
  // y = m + effect z with m = 2 z: raising z by 2 raises y by 2 (2 + effect).
  const Scenarios both = scenarios(mediation, {{"n", 6}}, 1.0, 3.0);
  causal::EffectOptions options;
  options.outcome = "y";
  options.per_row = true;
  ThreadPool pool(1);
  const auto result = causal::estimate_effect(both.baseline, both.intervention, effects(101, 0.01), options, pool);
  REQUIRE(result.draws.size() == 101);
  for (std::size_t s = 0; s < 101; ++s) CHECK(result.draws[s] == Approx(2.0 * (2.0 + 0.01 * static_cast<double>(s))));
  CHECK(result.average.mean == Approx(5.0));
  CHECK(result.average.p_direction == 1.0);
  CHECK(result.average.hdi_high - result.average.hdi_low == Approx(0.02 * 94).epsilon(1e-9));
  CHECK(result.rows == 6);
  REQUIRE(result.per_row.mean.size() == 6);
  for (int i = 0; i < 6; ++i) {
    CHECK(result.per_row.mean[static_cast<std::size_t>(i)] == Approx(5.0));
    CHECK(result.per_row.sd[static_cast<std::size_t>(i)] == Approx(result.average.sd));
  }
}

TEST_CASE("groups and weights average their rows", "[causal]") {
  // The effect of z on row i is slope_i.
  const auto build = [](Builder& b, const Arguments&) {
    const Tensor effect = b.sample("effect", normal(b, 0.0, 1.0));
    Scoped rows(b, b.plate("rows", 4));
    const Tensor z = b.sample("z", normal(b, 0.0, 1.0));
    b.sample("y", normal(b, 10.0 + z * vector(b, {1, 2, 3, 6}) + effect, number(b, 0.1)));
  };
  const Scenarios both = scenarios(build, {}, 0.0, 1.0);
  causal::EffectOptions options;
  options.outcome = "y";
  options.by = {{"sex", {"f", "m", "none"}, {0, 1, 1, -1}}};
  ThreadPool pool(1);
  const auto result = causal::estimate_effect(both.baseline, both.intervention, effects(10, 0.0), options, pool);
  CHECK(result.average.mean == Approx(3.0));
  REQUIRE(result.by.size() == 2);
  CHECK(result.by[0].label == "f");
  CHECK(result.by[0].summary.mean == Approx(1.0));
  CHECK(result.by[1].rows == 2);
  CHECK(result.by[1].summary.mean == Approx(2.5));
  options.by.clear();
  options.weights = {1, 0, 0, 1};
  CHECK(causal::estimate_effect(both.baseline, both.intervention, effects(10, 0.0), options, pool).average.mean ==
        Approx(3.5));
  options.weights.clear();
  options.expected = true;
  options.contrast = causal::contrast_kind("ratio");
  const auto ratio = causal::estimate_effect(both.baseline, both.intervention, effects(10, 0.0), options, pool);
  CHECK(ratio.average.mean == Approx(1.3).epsilon(1e-12));
  CHECK(ratio.average.p_direction == 1.0);
  CHECK_THROWS_AS(causal::contrast_kind("ration"), Error);
}

TEST_CASE("effects do not depend on chunks or threads, and can be stored", "[causal]") {
  const Scenarios both = scenarios(mediation, {{"n", 9}}, 0.0, 1.0);
  ThreadPool one(1), two(2);
  causal::EffectOptions options;
  options.outcome = "y";
  options.expected = true;
  const auto first = causal::estimate_effect(both.baseline, both.intervention, effects(50, 0.1), options, one);
  MemoryDraws sink;
  sink.open_group("effects", 1, 50);
  options.sink = &sink;
  options.batched.chunk_bytes = 1;
  const auto second = causal::estimate_effect(both.baseline, both.intervention, effects(50, 0.1), options, two);
  sink.close_group("effects", 50);
  CHECK(first.draws == second.draws);
  CHECK(sink.draws("effects", "y").shape() == Shape{1, 50, 9});
}
