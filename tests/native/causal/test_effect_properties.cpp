// Properties of effects on every kind of site: against enumeration and linear algebra, and against one another.
#include <catch2/catch.hpp>

#include "base/draw_sink.hpp"
#include "causal/effect.hpp"
#include "causal/reach.hpp"
#include "infer/predict.hpp"
#include "tests/native/model/example_models.hpp"

using namespace dolab;
using namespace dolab::example;
using causal::Change;
using causal::Effect;
using causal::EffectOptions;
using causal::Scenario;

namespace {

/// a is global, v has an event axis, z and m belong to rows: z = c + noise, m = a z + v . (1, 2) + noise,
/// y = m - 0.5 z + noise.
void network(Builder& b, const Arguments& arguments) {
  const std::int64_t n = arguments.integer("n");
  const Tensor a = b.sample("a", normal(b, 0.0, 1.0));
  Scoped rows(b, b.plate("rows", n));
  const Tensor c = b.sample("c", normal(b, 0.0, 1.0));
  const Tensor z = b.sample("z", normal(b, c, number(b, 1.0)));
  const Tensor v = b.sample("v", normal(b, 0.0, 1.0)->expand({n, 2})->to_event(1));
  const Tensor weighed = tensor::matmul(v, vector(b, {1.0, 2.0}));
  const Tensor m = b.sample("m", normal(b, a * z + weighed, number(b, 0.5)));
  b.sample("y", normal(b, m - 0.5 * z, number(b, 0.3)));
}

constexpr std::int64_t kRows = 6, kDraws = 5;

infer::Posterior draws_of_a() {
  infer::Posterior posterior;
  posterior.draws = kDraws;
  infer::SiteDraws site;
  site.name = "a";
  site.values = Array(DType::real, {1, kDraws}, std::vector<double>{-1.0, 0.0, 0.5, 2.0, 3.0});
  posterior.sites.push_back(site);
  return posterior;
}
double a_of(std::size_t draw) { return draws_of_a().sites.front().values[static_cast<std::int64_t>(draw)]; }

using Changes = std::map<std::string, Change>;
Change change(Change::Kind kind, double value) { return {kind, Array::scalar(value)}; }
Change set(double value) { return change(Change::Kind::set, value); }
Change set(Array values) { return {Change::Kind::set, std::move(values)}; }
Change shift(double value) { return change(Change::Kind::shift, value); }
Change scale(double value) { return change(Change::Kind::scale, value); }

Scenario world(Changes changes, std::map<std::string, Array> condition = {}) {
  Scenario scenario;
  scenario.arguments = {{"n", kRows}};
  scenario.changes = std::move(changes);
  scenario.condition = std::move(condition);
  return scenario;
}

EffectOptions options_of(bool expected = false) {
  EffectOptions options;
  options.outcome = "y";
  options.seed = 17;
  options.expected = expected;
  return options;
}

std::vector<double> draws_of_effect(const Scenario& before, const Scenario& after, bool expected = false) {
  ThreadPool pool(2);
  return causal::estimate_effect(network, {}, {before, after}, draws_of_a(), options_of(expected), pool).average;
}

/// Predicted values of one site, by draw and element.
Array predicted(const Scenario& scenario, const std::string& site, std::int64_t chunk_bytes = std::int64_t{32} << 20) {
  ThreadPool pool(1);
  const causal::Moved moved = causal::moved_by(network, scenario, {});
  const Trace trace = causal::trace_scenario(network, scenario, {}, {{"y"}, moved.below, moved.treated});
  const infer::Posterior posterior = causal::without_sites(draws_of_a(), moved.redrawn);
  infer::PredictOptions options;
  options.seed = 17;
  options.sites = {site};
  options.batched.chunk_bytes = chunk_bytes;
  MemoryDraws memory;
  infer::run_prediction(infer::plan_prediction(trace, posterior, options), memory, "p", pool);
  return memory.draws("p", site);
}

}  // namespace

TEST_CASE("exact effects of every kind of change on every kind of site", "[causal]") {
  const Scenario none = world({});
  const auto zeroed = draws_of_effect(world({{"z", set(0.0)}}), world({{"z", set(2.0)}}));
  const auto shifted = draws_of_effect(none, world({{"z", shift(1.5)}}));
  const auto global =
      draws_of_effect(world({{"a", set(0.0)}, {"z", set(3.0)}}), world({{"a", set(2.0)}, {"z", set(3.0)}}));
  const auto event = draws_of_effect(world({{"v", set(0.0)}}), world({{"v", set(1.0)}}));
  Array rows(DType::real, {kRows, 2});
  for (std::int64_t i = 0; i < rows.size(); ++i) rows.mutable_data()[i] = static_cast<double>(i);
  const auto event_rows = draws_of_effect(world({{"v", set(0.0)}}), world({{"v", set(rows)}}));
  const auto mediator = draws_of_effect(none, world({{"m", shift(-4.0)}}));
  const auto held =
      draws_of_effect(world({{"m", set(1.0)}, {"z", set(0.0)}}), world({{"m", set(1.0)}, {"z", set(2.0)}}));
  const auto outcome_is_natural = draws_of_effect(none, world({{"y", set(9.0)}}));
  for (std::size_t s = 0; s < kDraws; ++s) {
    CHECK(zeroed[s] == Approx(2.0 * (a_of(s) - 0.5)).margin(1e-12));
    CHECK(shifted[s] == Approx(1.5 * (a_of(s) - 0.5)).margin(1e-12));
    CHECK(global[s] == Approx(2.0 * 3.0));
    CHECK(event[s] == Approx(3.0));
    CHECK(event_rows[s] == Approx(5.0 + 12.0));  // mean of columns 0, 2, ... 10 and twice 1, 3, ... 11
    CHECK(mediator[s] == Approx(-4.0));
    CHECK(held[s] == Approx(-1.0));
    CHECK(outcome_is_natural[s] == 0.0);
  }
  // A scale of a latent site acts on what is simulated: the shift by its own value.
  const auto scaled = draws_of_effect(none, world({{"z", scale(3.0)}}));
  const Array z = predicted(none, "z");
  for (std::size_t s = 0; s < kDraws; ++s) {
    double mean = 0.0;
    for (std::int64_t i = 0; i < kRows; ++i) mean += z[static_cast<std::int64_t>(s) * kRows + i] / kRows;
    CHECK(scaled[s] == Approx(2.0 * mean * (a_of(s) - 0.5)).margin(1e-12));
  }
}

TEST_CASE("effects are linear, antisymmetric and additive along a path", "[causal]") {
  const Scenario none = world({}), one = world({{"z", shift(1.0)}}), two = world({{"z", shift(2.0)}});
  const auto first = draws_of_effect(none, one), both = draws_of_effect(none, two), rest = draws_of_effect(one, two);
  const auto back = draws_of_effect(one, none),
             joint = draws_of_effect(none, world({{"z", shift(1.0)}, {"v", set(0.0)}}));
  const auto other = draws_of_effect(none, world({{"v", set(0.0)}}));
  for (std::size_t s = 0; s < kDraws; ++s) {
    CHECK(both[s] == Approx(2.0 * first[s]).margin(1e-12));
    CHECK(first[s] + rest[s] == Approx(both[s]).margin(1e-12));
    CHECK(back[s] == -first[s]);
    CHECK(joint[s] == Approx(first[s] + other[s]).margin(1e-12));
  }
}

TEST_CASE("a site that is set to its own simulated value changes nothing", "[causal]") {
  infer::Posterior one_draw = draws_of_a();
  const Array z = predicted(world({}), "z");
  // The values of one draw: its contrast is zero, whatever the others are.
  for (const std::int64_t draw : {0, 3}) {
    Array own(DType::real, {kRows});
    for (std::int64_t i = 0; i < kRows; ++i) own.mutable_data()[i] = z[draw * kRows + i];
    CHECK(draws_of_effect(world({}), world({{"z", set(own)}}))[static_cast<std::size_t>(draw)] ==
          Approx(0.0).margin(1e-12));
  }
  for (const auto& identity : {shift(0.0), scale(1.0)}) {
    for (const double average : draws_of_effect(world({}), world({{"z", identity}}))) CHECK(average == 0.0);
  }
}

TEST_CASE("to set a root is to condition on it; to set what has causes is not", "[causal]") {
  const Array values = Array::vector({0.5, -1.0, 2.0, 0.0, 1.0, 3.0});
  CHECK(predicted(world({{"c", set(values)}}), "y").identical(predicted(world({}, {{"c", values}}), "y")));
  // Here forward simulation conditions on z as well, but its own density does not reach back to c.
  CHECK(predicted(world({{"z", set(values)}}), "c").identical(predicted(world({}), "c")));
}

TEST_CASE("an effect is the difference of the two predictions", "[causal]") {
  const Scenario none = world({}), treated = world({{"z", shift(1.0)}, {"v", set(0.5)}});
  const auto effect = draws_of_effect(none, treated);
  const Array before = predicted(none, "y"), after = predicted(treated, "y", 1);
  for (std::size_t s = 0; s < kDraws; ++s) {
    double mean = 0.0;
    for (std::int64_t i = 0; i < kRows; ++i) {
      const std::int64_t at = static_cast<std::int64_t>(s) * kRows + i;
      mean += (after[at] - before[at]) / kRows;
    }
    CHECK(effect[s] == Approx(mean).margin(1e-12));
  }
}

TEST_CASE("reductions over rows see all rows, whatever the chunks and threads", "[causal]") {
  // t is standardised over its rows, y walks along them: neither may be cut.
  const auto walk = [](Builder& b, const Arguments& arguments) {
    const std::int64_t n = arguments.integer("n");
    const Tensor a = b.sample("a", normal(b, 0.0, 1.0));
    const auto rows = b.plate("rows", n);
    Tensor t;
    {
      Scoped inside(b, rows);
      t = b.sample("t", normal(b, 0.0, 1.0));
    }
    const Tensor centred = b.deterministic("centred", t - tensor::mean(t));
    const Tensor path = b.deterministic("path", tensor::cumsum(a * centred, 0));
    Scoped inside(b, rows);
    b.sample("y", normal(b, path, number(b, 0.1)));
  };
  constexpr std::int64_t kLong = 300;
  Array doses(DType::real, {kLong});
  for (std::int64_t i = 0; i < kLong; ++i) doses.mutable_data()[i] = i < 100 ? 3.0 : 0.0;
  Scenario scenario;
  scenario.arguments = {{"n", kLong}};
  scenario.changes = {{"t", set(doses)}};
  const infer::Posterior posterior = draws_of_a();
  const causal::Moved moved = causal::moved_by(walk, scenario, {});
  const Trace trace = causal::trace_scenario(walk, scenario, {}, {{"y"}, moved.below, moved.treated});
  const auto run = [&](std::int64_t chunk_bytes, int threads, const std::string& site) {
    ThreadPool pool(threads);
    infer::PredictOptions options;
    options.seed = 4;
    options.sites = {site};
    options.batched.chunk_bytes = chunk_bytes;
    MemoryDraws memory;
    infer::run_prediction(infer::plan_prediction(trace, posterior, options), memory, "p", pool);
    return memory.draws("p", site);
  };
  const Array whole = run(std::int64_t{32} << 20, 1, "y"), path = run(std::int64_t{32} << 20, 1, "path");
  for (const std::int64_t bytes : {std::int64_t{1}, std::int64_t{5000}, std::int64_t{100000}}) {
    for (const int threads : {1, 2}) {
      CHECK(run(bytes, threads, "y").identical(whole));
      CHECK(run(bytes, threads, "path").identical(path));
    }
  }
  // The mean dose is 1: the path climbs by 2 a for a hundred rows and falls back to zero over the others.
  for (std::int64_t s = 0; s < kDraws; ++s) {
    CHECK(path[s * kLong + 99] == Approx(200.0 * a_of(static_cast<std::size_t>(s))));
    CHECK(path[s * kLong + kLong - 1] == Approx(0.0).margin(1e-9));
  }
}

TEST_CASE("discrete treatments and mediators against enumeration", "[causal]") {
  // t -> u -> y and t -> y, all binary.
  const auto binary = [](Builder& b, const Arguments& arguments) {
    b.sample("anchor", normal(b, 0.0, 1.0));
    Scoped rows(b, b.plate("rows", arguments.integer("n")));
    const Tensor t = b.sample("t", make(b, "Bernoulli", {number(b, 0.3)}));
    const Tensor u = b.sample("u", make(b, "Bernoulli", {0.2 + 0.5 * tensor::cast(t, DType::real)}));
    const Tensor p = 0.1 + 0.3 * tensor::cast(t, DType::real) + 0.4 * tensor::cast(u, DType::real);
    b.sample("y", make(b, "Bernoulli", {p}));
  };
  constexpr std::int64_t kMany = 4000, kFew = 25;
  infer::Posterior posterior;
  posterior.draws = kFew;
  infer::SiteDraws anchor;
  anchor.name = "anchor";
  anchor.values = Array(DType::real, {1, kFew});
  posterior.sites.push_back(anchor);
  const auto run = [&](const Changes& before, const Changes& after, bool expected) {
    Scenario first, second;
    first.arguments = second.arguments = {{"n", kMany}};
    first.changes = before;
    second.changes = after;
    ThreadPool pool(2);
    return causal::estimate_effect(binary, {}, {first, second}, posterior, options_of(expected), pool);
  };
  // E y(t) = 0.1 + 0.3 t + 0.4 (0.2 + 0.5 t): the total effect is 0.5, the one of u alone 0.4, and against the
  // observed world, where t is 1 in 30 % of the rows, do(t = 1) makes 0.7 * 0.5.
  // A contrast of two binary values has sd at most 1; 100,000 of them give a standard error below 0.0032.
  for (const bool expected : {false, true}) {
    CHECK(run({{"t", set(0.0)}}, {{"t", set(1.0)}}, expected).ate.mean == Approx(0.5).margin(0.0128));
    CHECK(run({{"u", set(0.0)}}, {{"u", set(1.0)}}, expected).ate.mean == Approx(0.4).margin(0.0128));
    CHECK(run({}, {{"t", set(1.0)}}, expected).ate.mean == Approx(0.35).margin(0.0128));
  }
  const Effect simulated = run({{"t", set(0.0)}}, {{"t", set(1.0)}}, false);
  const Effect expected = run({{"t", set(0.0)}}, {{"t", set(1.0)}}, true);
  CHECK(expected.ate.sd < simulated.ate.sd);
  CHECK(simulated.ate.p_direction == 1.0);
  for (const double direction : simulated.row_direction) CHECK((direction >= 0.0 && direction <= 1.0));
}

TEST_CASE("summaries: narrowest interval, spread and direction of known draws", "[causal]") {
  // 1000 quantiles of a standard normal moved by 0.5: P(> 0) = Phi(0.5), the 94 % interval is 0.5 -+ 1.8808.
  std::vector<double> draws;
  for (int i = 0; i < 20000; ++i) {
    const double p = (i + 0.5) / 20000.0;
    double low = -9.0, high = 9.0;  // the quantile by bisection
    for (int k = 0; k < 60; ++k) {
      const double middle = 0.5 * (low + high);
      (0.5 * std::erfc(-middle / std::sqrt(2.0)) < p ? low : high) = middle;
    }
    draws.push_back(0.5 + low);
  }
  const causal::EffectSummary summary = causal::summarize_effect(draws, 0.94);
  CHECK(summary.mean == Approx(0.5).margin(1e-9));
  CHECK(summary.sd == Approx(1.0).margin(1e-3));
  CHECK(summary.hdi_high - summary.hdi_low == Approx(2.0 * 1.8807936).margin(2e-3));
  CHECK(summary.p_direction == Approx(0.6914625).margin(1e-4));
}
