// Forward simulation: addresses, interventions and what is drawn again.
#include <catch2/catch.hpp>

#include "model/simulate.hpp"
#include "tests/native/model/example_models.hpp"

using namespace dolab;
using namespace dolab::example;

namespace {

TraceOptions doing(const std::string& site, double value) {
  TraceOptions options;
  options.intervene[site] = model::impose(Array::scalar(value));
  return options;
}

std::vector<Array> run(const model::Simulation& world, const std::map<std::string, Array>& given, std::uint32_t draw) {
  std::vector<Array> values;
  for (const std::string& name : world.given) values.push_back(given.at(name));
  return tensor::evaluate(world.outputs, world.inputs, values, {99, draw, 0});
}

}  // namespace

TEST_CASE("unaffected noise is shared between scenarios", "[model]") {
  const auto nothing = traced(mediation, {{"n", 5}});
  const auto high = traced(mediation, {{"n", 5}}, doing("z", 3.0));
  const model::SimulationOptions options{{"z", "m", "y"}, {{"effect", {}}}, true, {}};
  const auto base = run(model::simulate(*nothing, options), {{"effect", Array::scalar(1.0)}}, 7);
  const auto treated = run(model::simulate(*high, options), {{"effect", Array::scalar(1.0)}}, 7);
  for (int i = 0; i < 5; ++i) {
    // z keeps its natural value under its own name; m = 2 z + noise and y = m + z + noise share their noise.
    CHECK(treated[0][i] == base[0][i]);
    CHECK(treated[1][i] - base[1][i] == Approx(2.0 * (3.0 - base[0][i])).epsilon(1e-12));
    CHECK(treated[2][i] - base[2][i] == Approx(3.0 * (3.0 - base[0][i])).epsilon(1e-12));
  }
}

TEST_CASE("inferred descendants of an intervened site are drawn again", "[model]") {
  const Array factual = Array::vector({10, 10, 10, 10, 10});
  const auto high = traced(mediation, {{"n", 5}}, doing("z", 3.0));
  const std::map<std::string, Shape> given = {{"effect", {}}, {"m", {5}}};
  const std::map<std::string, Array> values = {{"effect", Array::scalar(1.0)}, {"m", factual}};
  const auto again = model::simulate(*high, {{"m"}, given, true, {}});
  CHECK(again.drawn == std::vector<std::string>{"z", "m", "y"});
  const auto frozen = model::simulate(*high, {{"m"}, given, false, {}});
  for (int i = 0; i < 5; ++i) {
    CHECK(std::fabs(run(again, values, 0)[0][i] - 6.0) < 2.5);  // five sd around 2 * 3
    CHECK(run(frozen, values, 0)[0][i] == 10.0);
  }
  const auto nothing = traced(mediation, {{"n", 5}});
  const auto untouched = model::simulate(*nothing, {{"m"}, given, true, {}});
  CHECK(run(untouched, values, 0)[0][0] == 10.0);
}

TEST_CASE("rows that the posterior does not know are drawn from the conditional prior", "[model]") {
  const auto trace = traced(mediation, {{"n", 3}});
  const auto world = model::simulate(*trace, {{"m"}, {{"effect", {}}, {"m", {5}}}, true, {}});
  CHECK(world.drawn == std::vector<std::string>{"z", "m", "y"});
  REQUIRE(world.warnings.size() == 1);
  CHECK(world.warnings[0].code == "W801");
  CHECK_THROWS_AS(model::simulate(*trace, {{"m"}, {{"effect", {2}}}, true, {}}), Error);
}

TEST_CASE("draws have the moments of the model", "[model]") {
  const auto trace = traced(mediation, {{"n", 2000}});
  const auto values =
      run(model::simulate(*trace, {{"z", "y"}, {{"effect", {}}}, true, {}}), {{"effect", Array::scalar(1.0)}}, 3);
  double mean = 0.0, square = 0.0, cross = 0.0;
  for (int i = 0; i < 2000; ++i) {
    mean += values[1][i] / 2000;
    square += values[1][i] * values[1][i] / 2000;
    cross += values[0][i] * values[1][i] / 2000;
  }
  // y = 3 z + noise of variance 0.25 + 0.09: tolerances are four standard errors.
  CHECK(std::fabs(mean) < 4.0 * std::sqrt(9.34 / 2000));
  CHECK(std::fabs(square - 9.34) < 4.0 * 9.34 * std::sqrt(2.0 / 2000));
  CHECK(std::fabs(cross - 3.0) < 4.0 * std::sqrt((9.34 + 9.0) / 2000));
}

TEST_CASE("an improper prior cannot be simulated", "[model]") {
  const auto trace = traced([](Builder& b, const Arguments&) {
    prob::Arguments arguments;
    arguments.positional = {prob::make_constraint("positive"), Shape{}, Shape{}};
    b.sample("flat", prob::make_distribution(b.graph(), "ImproperUniform", arguments));
  });
  try {
    model::simulate(*trace, {{"flat"}, {}, true, {}});
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.code() == "E506");
  }
}
