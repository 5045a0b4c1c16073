// Contrasts of scenarios on models whose effects are known in closed form.
#include <catch2/catch.hpp>

#include "causal/effect.hpp"
#include "causal/identify.hpp"
#include "tests/native/model/example_models.hpp"

using namespace dolab;
using namespace dolab::example;
using causal::Change;
using causal::Effect;
using causal::EffectOptions;
using causal::Scenario;

namespace {

infer::SiteDraws draws_of(const std::string& name, std::int64_t draws, const std::vector<double>& values,
                          Shape shape = {}) {
  infer::SiteDraws site;
  site.name = name;
  site.shape = shape;
  Shape full = {1, draws};
  full.insert(full.end(), shape.begin(), shape.end());
  site.values = Array(DType::real, full, values);
  return site;
}

/// Draws of `effect`: 1, 1.001, 1.003, 1.006, ... Their gaps grow, so that one interval of so many draws is the
/// shortest.
double effect_draw(std::size_t s) { return 1.0 + 0.0005 * static_cast<double>(s * (s + 1)); }
infer::Posterior effect_draws(std::int64_t draws) {
  infer::Posterior posterior;
  posterior.draws = draws;
  std::vector<double> values;
  for (std::int64_t i = 0; i < draws; ++i) values.push_back(effect_draw(static_cast<std::size_t>(i)));
  posterior.sites.push_back(draws_of("effect", draws, values));
  return posterior;
}

constexpr std::int64_t kTwenty = 20;
Arguments rows_data() {
  std::vector<double> z, y;
  for (std::int64_t i = 0; i < kTwenty; ++i) {
    z.push_back(0.1 * static_cast<double>(i));
    y.push_back(0.5);
  }
  return {{"n", kTwenty}, {"z", Array::vector(z)}, {"y", Array::vector(y)}};
}

Scenario scenario(std::map<std::string, Change> changes) {
  Scenario result;
  result.arguments = rows_data();
  result.changes = std::move(changes);
  return result;
}
Change set_to(double value) { return {Change::Kind::set, Array::scalar(value)}; }

EffectOptions options_for(const std::string& outcome) {
  EffectOptions options;
  options.outcome = outcome;
  options.seed = 5;
  return options;
}

const causal::OutputMap& outputs() {
  static const causal::OutputMap map = causal::find_outputs(mediation, rows_data(), {"z", "y"});
  return map;
}

/// Treatment t is an input; u is a latent value of each row below it; w weighs it.
void dosed(Builder& b, const Arguments& arguments) {
  const Tensor t = b.graph().constant(arguments.array("t"));
  const Tensor w = b.sample("w", normal(b, number(b, 0.0), 1.0 + tensor::mean(tensor::abs(t))));
  Scoped rows(b, b.plate("rows", t.extent(0)));
  const Tensor u = b.sample("u", normal(b, 3.0 * t, number(b, 0.1)));
  b.sample("y", normal(b, w * u, number(b, 0.2)), observed(b, arguments, "y"));
}

}  // namespace

TEST_CASE("outputs are the optional arguments that observe a site", "[causal]") {
  REQUIRE(outputs().size() == 2);
  REQUIRE(outputs().at("y") == std::set<std::string>{"y"});
  REQUIRE(outputs().at("z") == std::set<std::string>{"z"});
}

TEST_CASE("shared noise cancels: the contrast is exact draw by draw", "[causal]") {
  // y = m + effect z + noise, m = 2 z + noise: the effect of z = 1 against z = 0 is 2 + effect, in every row.
  ThreadPool pool(2);
  const infer::Posterior posterior = effect_draws(50);
  const Effect effect =
      causal::estimate_effect(mediation, outputs(), {scenario({{"z", set_to(0)}}), scenario({{"z", set_to(1)}})},
                              posterior, options_for("y"), pool);
  REQUIRE(effect.rows == kTwenty);
  REQUIRE(effect.average.size() == 50);
  for (std::size_t s = 0; s < 50; ++s) CHECK(effect.average[s] == Approx(2.0 + effect_draw(s)).epsilon(1e-12));
  CHECK(effect.ate.mean == Approx(3.4165).epsilon(1e-12));
  CHECK(effect.ate.p_direction == 1.0);
  CHECK(effect.ate.hdi_low == Approx(3.0).epsilon(1e-12));
  CHECK(effect.ate.hdi_high == Approx(2.0 + effect_draw(47)).epsilon(1e-12));
  REQUIRE(effect.row_mean.size() == kTwenty);
  for (const double mean : effect.row_mean) CHECK(mean == Approx(3.4165).epsilon(1e-12));
  for (const double sd : effect.row_sd) CHECK(sd == Approx(effect.ate.sd).epsilon(1e-9));
  CHECK(effect.row_low.front() == Approx(effect.ate.hdi_low).epsilon(1e-12));
  CHECK(effect.row_high.front() == Approx(effect.ate.hdi_high).epsilon(1e-12));
}

TEST_CASE("the expected contrast of an additive model equals the simulated one", "[causal]") {
  ThreadPool pool(1);
  EffectOptions options = options_for("y");
  const std::pair<Scenario, Scenario> scenarios{scenario({{"z", set_to(0)}}), scenario({{"z", set_to(1)}})};
  const Effect simulated = causal::estimate_effect(mediation, outputs(), scenarios, effect_draws(8), options, pool);
  options.expected = true;
  const Effect expected = causal::estimate_effect(mediation, outputs(), scenarios, effect_draws(8), options, pool);
  for (std::size_t s = 0; s < 8; ++s) CHECK(expected.average[s] == Approx(simulated.average[s]).epsilon(1e-12));
}

TEST_CASE("shift and scale act on the natural value, which is the data where a site is observed", "[causal]") {
  ThreadPool pool(1);
  const infer::Posterior posterior = effect_draws(1);
  const auto run = [&](Change change) {
    return causal::estimate_effect(mediation, outputs(), {scenario({}), scenario({{"z", std::move(change)}})},
                                   posterior, options_for("y"), pool);
  };
  const Effect shifted = run({Change::Kind::shift, Array::scalar(0.5)});
  for (const double mean : shifted.row_mean) CHECK(mean == Approx(1.5));
  const Effect scaled = run({Change::Kind::scale, Array::scalar(2.0)});
  for (std::int64_t i = 0; i < kTwenty; ++i) {
    CHECK(scaled.row_mean[static_cast<std::size_t>(i)] == Approx(3.0 * 0.1 * static_cast<double>(i)).margin(1e-12));
  }
  CHECK(shifted.average.size() == 1);
}

TEST_CASE("latent values below a change are drawn again, in both scenarios", "[causal]") {
  // The posterior holds m for every row: frozen, it would hide the path z -> m -> y.
  infer::Posterior posterior = effect_draws(4);
  posterior.sites.push_back(draws_of("m", 4, std::vector<double>(4 * kTwenty, 7.0), {kTwenty}));
  ThreadPool pool(1);
  const Effect effect = causal::estimate_effect(
      mediation, outputs(), {scenario({}), scenario({{"z", {Change::Kind::shift, Array::scalar(1.0)}}})}, posterior,
      options_for("y"), pool);
  for (std::size_t s = 0; s < 4; ++s) CHECK(effect.average[s] == Approx(2.0 + effect_draw(s)));
}

TEST_CASE("rows below a changed input are drawn again, coefficients are not", "[causal]") {
  infer::Posterior posterior;
  posterior.draws = 3;
  posterior.sites.push_back(draws_of("w", 3, {1.0, 2.0, 3.0}));
  posterior.sites.push_back(draws_of("u", 3, std::vector<double>(6, 0.0), {2}));
  Scenario before, after;
  before.arguments = {{"t", Array::vector({0.5, 1.0})}, {"y", Array::vector({0.0, 0.0})}};
  after.arguments = {{"t", Array::vector({1.5, 2.0})}, {"y", Array::vector({0.0, 0.0})}};
  after.natural = before.arguments;
  ThreadPool pool(1);
  EffectOptions options = options_for("y");
  options.observed = {"y"};
  const Effect effect = causal::estimate_effect(dosed, causal::find_outputs(dosed, before.arguments, {"y"}),
                                                {before, after}, posterior, options, pool);
  for (std::size_t s = 0; s < 3; ++s) CHECK(effect.average[s] == Approx(3.0 * static_cast<double>(s + 1)));
  CHECK(effect.identified == true);
}

TEST_CASE("a changed input that a site is observed at moves what lies below that site", "[causal]") {
  // c is observed at the input C; m is latent for each row below c; y reads m alone.
  const auto chain = [](Builder& b, const Arguments& arguments) {
    Scoped rows(b, b.plate("rows", 2));
    const Tensor c = b.sample("c", normal(b, 0.0, 1.0), observed(b, arguments, "C"));
    const Tensor m = b.sample("m", normal(b, 2.0 * c, number(b, 0.5)));
    b.sample("y", normal(b, 3.0 * m, number(b, 0.5)), observed(b, arguments, "y"));
  };
  infer::Posterior posterior;
  posterior.draws = 2;
  posterior.sites.push_back(draws_of("m", 2, {1, 1, 1, 1}, {2}));
  Scenario before, after;
  before.arguments = {{"C", Array::vector({0.5, 1.0})}, {"y", Array::vector({0.0, 0.0})}};
  after.arguments = {{"C", Array::vector({1.5, 2.0})}, {"y", Array::vector({0.0, 0.0})}};
  after.natural = before.arguments;
  ThreadPool pool(1);
  EffectOptions options = options_for("y");
  options.observed = {"c", "y"};
  const Effect effect = causal::estimate_effect(chain, {{"y", {"y"}}}, {before, after}, posterior, options, pool);
  for (const double average : effect.average) CHECK(average == Approx(6.0));
  CHECK(effect.identified == true);
}

TEST_CASE("groups average their own rows", "[causal]") {
  ThreadPool pool(2);
  EffectOptions options = options_for("y");
  options.labels = {"low", "high", "nobody"};
  for (std::int64_t i = 0; i < kTwenty; ++i) options.groups.push_back(i < 5 ? 0 : i < 18 ? 1 : -1);
  const Effect effect = causal::estimate_effect(
      mediation, outputs(), {scenario({}), scenario({{"z", {Change::Kind::scale, Array::scalar(2.0)}}})},
      effect_draws(1), options, pool);
  REQUIRE(effect.groups.size() == 2);
  CHECK(effect.groups[0].label == "low");
  CHECK(effect.groups[0].rows == 5);
  CHECK(effect.groups[0].effect.mean == Approx(3.0 * 0.2));
  CHECK(effect.groups[1].rows == 13);
  CHECK(effect.groups[1].effect.mean == Approx(3.0 * 1.1));
}

TEST_CASE("numbers depend neither on threads nor on chunks", "[causal]") {
  const infer::Posterior posterior = effect_draws(301);
  Scenario free = scenario({});
  free.arguments.set("z", {});
  Scenario treated = free;
  treated.changes = {{"z", set_to(1)}};
  ThreadPool one(1), two(2);
  const Effect a = causal::estimate_effect(mediation, outputs(), {free, treated}, posterior, options_for("y"), one);
  const Effect b = causal::estimate_effect(mediation, outputs(), {free, treated}, posterior, options_for("y"), two);
  CHECK(a.average == b.average);
  CHECK(a.row_mean == b.row_mean);
  CHECK(a.row_sd == b.row_sd);
  CHECK(a.ate.sd > 0.1);  // z itself is simulated, so that the contrast varies
}

TEST_CASE("a block that is too large leaves intervals by row out and says so", "[causal]") {
  ThreadPool pool(1);
  EffectOptions options = options_for("y");
  options.block_bytes = 100;
  const Effect effect = causal::estimate_effect(mediation, outputs(), {scenario({}), scenario({{"z", set_to(1)}})},
                                                effect_draws(4), options, pool);
  CHECK(effect.row_mean.size() == kTwenty);
  CHECK(effect.row_low.empty());
  REQUIRE_FALSE(effect.warnings.empty());
  CHECK(effect.warnings.back().code == "W907");
}

TEST_CASE("verdicts: observed confounder yes, latent one or latent treatment no", "[causal]") {
  const auto network = [](bool latent_cause) {
    return [latent_cause](Builder& b, const Arguments& arguments) {
      const Tensor weight = b.sample("weight", normal(b, 0.0, 1.0));
      Scoped rows(b, b.plate("rows", 3));
      const Tensor c = b.sample("c", normal(b, 0.0, 1.0), latent_cause ? SampleOptions{} : observed(b, arguments, "c"));
      const Tensor shared = b.deterministic("shared", weight * c);
      const Tensor z = b.sample("z", normal(b, shared, number(b, 1.0)), observed(b, arguments, "z"));
      b.sample("y", normal(b, shared + z, number(b, 1.0)), observed(b, arguments, "y"));
    };
  };
  const Arguments data = {
      {"c", Array::vector({1, 2, 3})}, {"z", Array::vector({1, 2, 3})}, {"y", Array::vector({1, 2, 3})}};
  const Trace seen = model::trace_model(network(false), data), hidden = model::trace_model(network(true), data);
  CHECK(causal::identify(seen, {"z"}, "y", {"c", "z", "y"}).identified == true);
  const causal::Identification open = causal::identify(hidden, {"z"}, "y", {"z", "y"});
  CHECK(open.identified == false);
  CHECK_THAT(open.reason, Catch::Contains("common cause"));
  const causal::Identification unseen = causal::identify(seen, {"z"}, "y", {"c", "y"});
  CHECK(unseen.identified == false);
  CHECK_THAT(unseen.reason, Catch::Contains("not observed"));
  CHECK_FALSE(causal::identify(seen, {}, "y", {"y"}).identified.has_value());
}

TEST_CASE("unknown outcomes and sites are errors that name the nearest one", "[causal]") {
  ThreadPool pool(1);
  const auto run = [&](const std::string& outcome, const std::string& site) {
    return causal::estimate_effect(mediation, outputs(), {scenario({}), scenario({{site, set_to(1)}})}, effect_draws(2),
                                   options_for(outcome), pool);
  };
  CHECK_THROWS_WITH(run("yy", "z"), Catch::Contains("yy"));
  CHECK_THROWS_WITH(run("y", "zz"), Catch::Contains("zz"));
}
