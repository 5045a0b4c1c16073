// What a change reaches: total effects through mediators that have data, direct ones where the mediator is held.
#include <catch2/catch.hpp>

#include "causal/effect.hpp"
#include "causal/reach.hpp"
#include "tests/native/model/example_models.hpp"

using namespace dolab;
using namespace dolab::example;
using causal::Change;
using causal::Effect;
using causal::EffectOptions;
using causal::Scenario;

namespace {

// m = a x + noise, y = b m + d x + noise, with draws of a, b and d. The total effect of x + 1 is a b + d, the direct
// one d, both exactly in every draw because the noise is shared.
const std::vector<double> kA = {2.0, -1.0, 0.5, 1.5}, kB = {0.5, 0.25, 3.0, -2.0}, kD = {1.0, 0.5, -1.0, 4.0};

void chain(Builder& b, const Arguments& arguments) {
  const Tensor x = b.graph().constant(arguments.array("x"));
  const Tensor a = b.sample("a", normal(b, 0.0, 1.0));
  const Tensor slope = b.sample("b", normal(b, 0.0, 1.0));
  const Tensor d = b.sample("d", normal(b, 0.0, 1.0));
  b.sample("unrelated", normal(b, 0.0, 1.0));
  Scoped rows(b, b.plate("rows", x.extent(0)));
  const Tensor m = b.sample("m", normal(b, a * x, number(b, 0.7)), observed(b, arguments, "M"));
  const Tensor mean = b.deterministic("mean", slope * m + d * x);
  b.sample("y", normal(b, mean, number(b, 0.3)), observed(b, arguments, "y"));
}

infer::Posterior chain_draws() {
  infer::Posterior posterior;
  posterior.draws = 4;
  for (const auto& [name, values] : {std::pair{"a", kA}, {"b", kB}, {"d", kD}}) {
    infer::SiteDraws site;
    site.name = name;
    site.values = Array(DType::real, {1, 4}, values);
    posterior.sites.push_back(site);
  }
  return posterior;
}

const Array kX = Array::vector({0.0, 1.0, 2.0});
const Array kMoved = Array::vector({1.0, 2.0, 3.0});
const Array kM = Array::vector({5.0, -3.0, 8.0});  // far from what the draws expect

Scenario with_x(const Array& x) {
  Scenario scenario;
  scenario.arguments = {{"x", x}, {"M", kM}, {"y", Array::vector({0.0, 0.0, 0.0})}};
  scenario.natural = scenario.arguments;
  scenario.natural.set("x", kX);
  return scenario;
}

Effect effect_of(const Scenario& before, const Scenario& after, bool expected = false) {
  ThreadPool pool(1);
  EffectOptions options;
  options.outcome = "y";
  options.seed = 9;
  options.expected = expected;
  options.observed = {"m", "y"};
  const auto outputs = causal::find_outputs(chain, before.arguments, {"M", "y"});
  return causal::estimate_effect(chain, outputs, {before, after}, chain_draws(), options, pool);
}

bool warns(const Effect& effect, const std::string& code) {
  return std::any_of(effect.warnings.begin(), effect.warnings.end(),
                     [&](const Warning& warning) { return warning.code == code; });
}

}  // namespace

TEST_CASE("a changed input moves a mediator that has data: the total effect, exactly", "[causal]") {
  for (const bool expected : {false, true}) {
    const Effect effect = effect_of(with_x(kX), with_x(kMoved), expected);
    for (std::size_t s = 0; s < 4; ++s) CHECK(effect.average[s] == Approx(kA[s] * kB[s] + kD[s]));
    CHECK(effect.row_sd[0] == Approx(effect.ate.sd));  // no noise is left in any row
    CHECK(effect.identified == true);
    CHECK(effect.warnings.empty());
  }
}

TEST_CASE("a mediator that an intervention holds leaves the direct effect", "[causal]") {
  Scenario before = with_x(kX), after = with_x(kMoved);
  before.changes = after.changes = {{"m", {Change::Kind::set, Array::scalar(4.0)}}};
  const Effect held = effect_of(before, after);
  for (std::size_t s = 0; s < 4; ++s) CHECK(held.average[s] == Approx(kD[s]));
  // Other data for the mediator are an intervention on it.
  after = with_x(kMoved);
  after.arguments.set("M", Array::vector({6.0, -2.0, 9.0}));
  before = with_x(kX);
  before.changes = {{"m", {Change::Kind::set, kM}}};
  const Effect given = effect_of(before, after);
  for (std::size_t s = 0; s < 4; ++s) CHECK(given.average[s] == Approx(kB[s] + kD[s]));
}

TEST_CASE("what does not descend from a change keeps its data", "[causal]") {
  // A change of m alone: x is no child of it, m's own data are what the shift starts from.
  Scenario before = with_x(kX), after = with_x(kX);
  after.changes = {{"m", {Change::Kind::scale, Array::scalar(2.0)}}};
  const Effect effect = effect_of(before, after);
  for (std::size_t i = 0; i < 3; ++i) {
    const double mean_b = (0.5 + 0.25 + 3.0 - 2.0) / 4.0;
    CHECK(effect.row_mean[i] == Approx(mean_b * kM[static_cast<std::int64_t>(i)]));
  }
}

TEST_CASE("an input that is changed to its own values has no effect at all", "[causal]") {
  const Effect effect = effect_of(with_x(kX), with_x(Array::vector({0.0, 1.0, 2.0})));
  for (const double average : effect.average) CHECK(average == 0.0);
  CHECK_FALSE(effect.identified.has_value());
}

TEST_CASE("a change that cannot reach the outcome says so", "[causal]") {
  Scenario before = with_x(kX), after = with_x(kX);
  after.changes = {{"unrelated", {Change::Kind::set, Array::scalar(3.0)}}};
  const Effect effect = effect_of(before, after);
  for (const double average : effect.average) CHECK(average == 0.0);
  REQUIRE(warns(effect, "W1108"));
  // An argument that nothing reads; and one that does is silent.
  Scenario unread = with_x(kX);
  unread.arguments.set("note", 3.0);
  const auto moved = causal::moved_by(chain, unread, {"y"});
  REQUIRE(moved.warnings.size() == 1);
  CHECK_THAT(moved.warnings.front().message, Catch::Contains("note"));
  CHECK(causal::moved_by(chain, with_x(kMoved), {"y"}).warnings.empty());
}

TEST_CASE("differences are found through values that are computed while tracing", "[causal]") {
  // The number of doses is read as a static value, and decides what the site's mean is.
  const auto dosed = [](Builder& b, const Arguments& arguments) {
    const double largest = tensor::reduce_max(b.graph().constant(arguments.array("dose"))).value().item();
    b.sample("weight", normal(b, 0.0, 1.0));
    Scoped rows(b, b.plate("rows", 3));
    const Tensor m = b.sample("m", normal(b, number(b, largest), number(b, 1.0)));
    b.sample("other", normal(b, 1.0, 1.0));
    b.sample("y", normal(b, m * number(b, arguments.number("factor")), number(b, 1.0)));
  };
  Scenario scenario;
  scenario.natural = {{"dose", Array::vector({0.0, 1.0, 1.0})}, {"factor", 1.0}};
  scenario.arguments = scenario.natural;
  CHECK(causal::moved_by(dosed, scenario, {}).below.empty());
  scenario.arguments.set("dose", Array::vector({0.0, 1.0, 2.0}));
  CHECK(causal::moved_by(dosed, scenario, {}).redrawn == std::set<std::string>{"m", "y"});
  scenario.arguments = scenario.natural;
  scenario.arguments.set("factor", 2.0);  // a number, equal to no array
  CHECK(causal::moved_by(dosed, scenario, {}).redrawn == std::set<std::string>{"y"});
  // Equal values do not make two arguments one: `dose` has the value of the changed `factor`.
  scenario.arguments = scenario.natural = {{"dose", Array::vector({2.0, 2.0, 2.0})}, {"factor", 1.0}};
  scenario.arguments.set("factor", 2.0);
  CHECK(causal::moved_by(dosed, scenario, {}).below == std::set<std::string>{"y"});
}
