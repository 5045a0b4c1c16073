// Effects against known truths, shared random numbers, and the ways to ask for them.
#include <catch2/catch.hpp>

#include "tests/native/impact/impact_kernels.hpp"

using namespace dolab;
using namespace dolab::impact_example;

namespace {

/// direct = 0.1, 0.2, ..., 4; a mediator of 7 for each row.
ImpactModel mediated(const Kernel& kernel, std::int64_t rows = 5) {
  std::vector<double> direct;
  for (int k = 0; k < 40; ++k) direct.push_back(0.1 * (k + 1));
  Array mediator(DType::real, {40, rows});
  for (std::int64_t i = 0; i < mediator.size(); ++i) mediator.mutable_data()[i] = 7.0;
  ImpactModel model(kernel, quick_svi(), with_seed(31, 2));
  model.set_posterior_sample({{"direct", Array::vector(direct)}, {"m", mediator}});
  return model;
}

PredictCall call(const Array& x, std::map<std::string, Intervention> intervention = {}) {
  PredictCall result;
  result.X = x;
  result.settings.intervention = std::move(intervention);
  return result;
}

}  // namespace

TEST_CASE("the effect of no intervention is exactly zero", "[impact]") {
  ImpactModel model = mediated(mediation());
  for (const auto& intervention : {std::map<std::string, Intervention>{}, {{"t", kFiveRows}}}) {
    const ImpactEffect streamed = model.estimate_effect(call(kFiveRows, intervention), call(kFiveRows, intervention));
    const ImpactEffect kept =
        model.estimate_effect(model.predict_on_batch(kFiveRows, {}, call(kFiveRows, intervention).settings),
                              model.predict_on_batch(kFiveRows, {}, call(kFiveRows, intervention).settings));
    for (const ImpactEffect* effect : {&streamed, &kept}) {
      const SiteEffect& y = effect->at("y");
      CHECK(y.average.mean == 0.0);
      CHECK(y.average.sd == 0.0);
      for (const double x : y.average_draws) CHECK(x == 0.0);
      for (const double x : y.row_sd) CHECK(x == 0.0);
    }
  }
  // Imposing the observed values is no change either, once the mediator is drawn again on both sides.
  const ImpactEffect same = model.estimate_effect(call(kFiveRows), call(kFiveRows, {{"t", kFiveRows}}));
  CHECK(same.at("y").average.mean == Approx(0.0).margin(1e-12));
  CHECK(same.at("y").average.sd == Approx(0.0).margin(1e-12));
}

TEST_CASE("a latent mediator passes the effect on", "[impact]") {
  // y = m + direct t, m = 2 t + noise: the total effect of t = 1 against t = 0 is 2 + direct, draw by draw, because
  // the noise is shared. With the mediator frozen it would be direct.
  ImpactModel model = mediated(mediation());
  const ImpactEffect effect = model.estimate_effect(call(kFiveRows, {{"t", 0.0}}), call(kFiveRows, {{"t", 1.0}}));
  const SiteEffect& y = effect.at("y");
  REQUIRE(y.average_draws.size() == 40);
  for (int k = 0; k < 40; ++k) CHECK(y.average_draws[static_cast<std::size_t>(k)] == Approx(2.0 + 0.1 * (k + 1)));
  CHECK(y.average.mean == Approx(2.0 + 2.05));
  CHECK(y.average.p_direction == 1.0);
  CHECK(y.average.hdi_low > 2.0);
  CHECK(y.average.hdi_high < 6.1);
  CHECK(y.rows == 5);
  for (const double mean : y.row_mean) CHECK(mean == Approx(4.05));
  for (const double sd : y.row_sd) CHECK(sd == Approx(y.average.sd));
  CHECK(effect.draws == 40);
  CHECK(effect.differences.groups.back().name == "posterior");

  // The same from draws that were kept, and from one side of each kind.
  const DrawTree zero = model.predict_on_batch(kFiveRows, {}, call(kFiveRows, {{"t", 0.0}}).settings);
  const DrawTree one = model.predict_on_batch(kFiveRows, {}, call(kFiveRows, {{"t", 1.0}}).settings);
  const ImpactEffect kept = model.estimate_effect(zero, one);
  const ImpactEffect mixed = model.estimate_effect(zero, call(kFiveRows, {{"t", 1.0}}));
  for (const ImpactEffect* other : {&kept, &mixed}) {
    const SiteEffect& site = other->at("y");
    CHECK(other->sites.size() == 2);  // y and mean
    CHECK(other->differences.group("posterior_predictive").at("y").shape() == Shape{1, 40, 5});
    for (std::size_t k = 0; k < 40; ++k) CHECK(site.average_draws[k] == Approx(y.average_draws[k]));
    for (std::size_t i = 0; i < 5; ++i) {
      CHECK(site.row_mean[i] == Approx(y.row_mean[i]));
      CHECK(site.row_low[i] == Approx(y.row_low[i]));
      CHECK(site.row_direction[i] == y.row_direction[i]);
    }
  }
}

TEST_CASE("a treatment that is an argument moves what descends from it", "[impact]") {
  // Injected draws: the baseline's data stand for the data of the fit, so the mediator is drawn again.
  ImpactModel model = mediated(mediation_of_input());
  const Array shifted = Array::vector({0.0, 1.0, 1.5, 2.0, 3.0});
  const ImpactEffect effect = model.estimate_effect(call(kFiveRows), call(shifted));
  for (int k = 0; k < 40; ++k) {
    CHECK(effect.at("y").average_draws[static_cast<std::size_t>(k)] == Approx(2.0 + 0.1 * (k + 1)));
  }
  // After a fit a prediction for other values does so by itself.
  std::vector<double> y;
  for (int i = 0; i < 5; ++i) y.push_back(3.0 * kFiveRows[i]);
  TrainOptions options;
  options.num_steps = 1500;
  options.num_samples = 400;
  model.fit_on_batch(kFiveRows, Array::vector(y), {}, options);
  PredictSettings settings;
  settings.return_sites = std::vector<std::string>{"m"};
  const Array far = Array::vector({50.0, 50.0, 50.0, 50.0, 50.0});
  CHECK(mean_of(model.predict_on_batch(far, {}, settings).group("posterior_predictive").at("m")) ==
        Approx(100.0).margin(0.1));
}

TEST_CASE("a mediator with data of its own passes a changed argument on, unless it is held", "[impact]") {
  // y = m + direct t, m = 2 t + noise; t is observed at X, m at M.
  ImpactModel model = mediated(mediation());
  const Array shifted = Array::vector({0.0, 1.0, 1.5, 2.0, 3.0}), m = Array::vector({9.0, -9.0, 9.0, -9.0, 9.0});
  const auto given = [&](const Array& x, const Array& mediator, std::map<std::string, Intervention> held = {}) {
    PredictCall result = call(x, std::move(held));
    result.extra = {{"M", mediator}};
    return result;
  };
  const auto draws = [&](const PredictCall& a, const PredictCall& b) {
    return model.estimate_effect(a, b).at("y").average_draws;
  };
  const auto total = draws(given(kFiveRows, m), given(shifted, m));
  const auto held = draws(given(kFiveRows, m, {{"m", 1.0}}), given(shifted, m, {{"m", 1.0}}));
  const auto replaced = draws(given(kFiveRows, m), given(kFiveRows, Array::vector({10.0, -8.0, 10.0, -8.0, 10.0})));
  for (int k = 0; k < 40; ++k) {
    const auto at = static_cast<std::size_t>(k);
    CHECK(total[at] == Approx(2.0 + 0.1 * (k + 1)));
    CHECK(held[at] == Approx(0.1 * (k + 1)));
    CHECK(replaced[at] == Approx(1.0));
  }
  // A prediction for given data changes nothing by itself: the mediator's data stand.
  PredictSettings settings;
  settings.return_sites = std::vector<std::string>{"mean"};
  const Array mean = model.predict_on_batch(shifted, {{"M", m}}, settings).group("posterior_predictive").at("mean");
  CHECK(mean[0] == Approx(9.0 + 0.1 * shifted[0]));
  CHECK(mean[5] == Approx(9.0 + 0.2 * shifted[0]));
}

TEST_CASE("a regression recovers the effect of its column", "[impact]") {
  const LinearData data = linear_data();
  Array moved(DType::real, data.X.shape());
  for (std::int64_t i = 0; i < moved.size(); ++i) moved.mutable_data()[i] = data.X[i] + (i % 2 == 1 ? 1.0 : 0.0);
  ImpactModel svi(linear(), quick_svi(), with_seed(32)), nuts(linear(), quick_nuts(), with_seed(32));
  TrainOptions options;
  options.num_steps = 3000;
  svi.fit_on_batch(data.X, data.y, {}, options);
  nuts.fit_on_batch(data.X, data.y);
  for (ImpactModel* model : {&svi, &nuts}) {
    const ImpactEffect effect = model->estimate_effect(call(data.X), call(moved));
    const SiteEffect& y = effect.at("y");
    // Noise of sd 0.28 on 60 rows whose column has sd 0.7: the slope's standard error is 0.055.
    CHECK(y.average.mean == Approx(1.5).margin(0.165));
    CHECK(y.average.sd == Approx(0.055).margin(0.02));
    CHECK(y.average.hdi_low < 1.5);
    CHECK(y.average.hdi_high > 1.5);
    CHECK(y.average.p_direction == 1.0);
    CHECK(effect.chains * effect.draws == static_cast<std::int64_t>(y.average_draws.size()));
    CHECK(y.identified == true);
  }
}

TEST_CASE("groups, rows and outcomes that are asked for", "[impact]") {
  ImpactModel model = mediated(mediation());
  EffectSettings settings;
  settings.groups = {0, 0, 1, 1, -1};
  settings.labels = {"low", "high", "empty"};
  settings.outcomes = {"mean"};
  const Array doses = Array::vector({0.0, 2.0, 4.0, 4.0, 9.0});
  const ImpactEffect streamed =
      model.estimate_effect(call(kFiveRows, {{"t", 0.0}}), call(kFiveRows, {{"t", doses}}), settings);
  const ImpactEffect kept =
      model.estimate_effect(model.predict_on_batch(kFiveRows, {}, call(kFiveRows, {{"t", 0.0}}).settings),
                            model.predict_on_batch(kFiveRows, {}, call(kFiveRows, {{"t", doses}}).settings), settings);
  for (const ImpactEffect* effect : {&streamed, &kept}) {
    REQUIRE(effect->sites.size() == 1);
    const SiteEffect& mean = effect->at("mean");
    REQUIRE(mean.groups.size() == 2);
    CHECK(mean.groups[0].label == "low");
    CHECK(mean.groups[0].rows == 2);
    CHECK(mean.groups[0].effect.mean == Approx(4.05 * 1.0));
    CHECK(mean.groups[1].effect.mean == Approx(4.05 * 4.0));
    CHECK(mean.row_mean[4] == Approx(4.05 * 9.0));
  }
  settings.by_row = false;
  CHECK(model.estimate_effect(call(kFiveRows, {{"t", 0.0}}), call(kFiveRows), settings).at("mean").row_mean.empty());
  settings.outcomes = {"y"};
  settings.expected = true;
  // The contrast of means has no outcome noise; here it is the one of `mean`.
  const ImpactEffect expected =
      model.estimate_effect(call(kFiveRows, {{"t", 0.0}}), call(kFiveRows, {{"t", doses}}), settings);
  CHECK(expected.at("y").average.mean == Approx(4.05 * 19.0 / 5.0));
}

TEST_CASE("other seeds on the two sides give independent outcome noise", "[impact]") {
  ImpactModel model = mediated(mediation());
  PredictCall other = call(kFiveRows);
  other.settings.seed = 77;
  const ImpactEffect effect = model.estimate_effect(call(kFiveRows), other);
  CHECK(effect.at("y").average.sd > 0.05);
  CHECK(effect.at("mean").average.sd == 0.0);  // a function of the posterior alone
}

TEST_CASE("sides that do not fit each other are errors", "[impact]") {
  ImpactModel model = mediated(mediation());
  const DrawTree tree = model.predict_on_batch(kFiveRows);
  const auto effect = [&](const EffectSide& baseline, const EffectSide& intervention, const EffectSettings& s = {}) {
    return code_of([&] { model.estimate_effect(baseline, intervention, s); });
  };
  CHECK(effect({}, tree) == "E814");
  CHECK(effect(tree, {}) == "E814");
  PredictCall out_of_sample = call(kFiveRows);
  out_of_sample.settings.in_sample = false;
  const DrawTree predictions = model.predict_on_batch(kFiveRows, {}, out_of_sample.settings);
  CHECK(effect(tree, predictions) == "E811");
  CHECK(effect(predictions, tree) == "E811");
  CHECK(effect(call(kFiveRows), out_of_sample) == "E811");
  CHECK(effect(predictions, predictions).empty());
  CHECK(effect(out_of_sample, out_of_sample).empty());
  const Array three = Array::vector({1.0, 2.0, 3.0});
  CHECK(effect(call(kFiveRows), call(three)) == "E808");
  CHECK(effect(tree, model.predict_on_batch(three)) == "E808");
  EffectSettings settings;
  settings.outcomes = {"yy"};
  CHECK(effect(tree, tree, settings) == "E104");
  CHECK(effect(call(kFiveRows), call(kFiveRows), settings) == "E104");
  settings = {};
  settings.hdi_prob = 1.0;
  CHECK(effect(tree, tree, settings) == "E1103");
  settings = {};
  settings.expected = true;
  CHECK(effect(tree, tree, settings) == "E1103");
  settings = {};
  settings.labels = {"a"};
  settings.groups = {0, 0, 1, 0, 0};
  CHECK(effect(call(kFiveRows), call(kFiveRows), settings) == "E1103");
  settings.groups = {0, 0};
  CHECK(effect(tree, tree, settings) == "E806");
  CHECK(effect(call(kFiveRows), call(kFiveRows), settings) == "E806");
}

TEST_CASE("the mediator's effect is judged by what was observed", "[impact]") {
  // Observed mediator: the direct effect of m on y is open to adjustment; latent per row, it is not identified.
  const Array m = Array::vector({-2.1, 0.1, 0.9, 2.2, 3.9});
  const Array y = Array::vector({-3.0, 0.0, 1.5, 3.0, 6.1});
  for (const bool observed : {true, false}) {
    ImpactModel model(mediation(), quick_svi(), with_seed(33));
    TrainOptions options;
    options.num_steps = 20;
    options.num_samples = 20;
    options.check_guide = false;
    Arguments extra;
    if (observed) extra.set("M", m);
    model.fit_on_batch(kFiveRows, y, extra, options);
    PredictCall low = call(kFiveRows, {{"m", 0.0}}), high = call(kFiveRows, {{"m", 1.0}});
    low.extra = high.extra = extra;
    const ImpactEffect effect = model.estimate_effect(low, high);
    CHECK(effect.at("y").average.mean == Approx(1.0));
    CHECK(effect.at("y").identified.has_value());
  }
}

TEST_CASE("other data for an observed treatment are judged like an intervention on it", "[impact]") {
  // u is latent for each row and confounds t and y; z, an input, has no cause.
  const Kernel kernel = make_kernel("confounded", {"X", "T", {"y", kNone}}, [](ModelBuilder& m, const Arguments& d) {
    const Value z = d.array("X");
    const Plate rows = m.plate("rows", z.extent(0));
    const Value u = m.sample("u", {"Normal", {0, 1}});
    const Value t = m.sample("t", {"Normal", {z + u, 1}}, d.array("T"));
    m.sample("y", {"Normal", {t + u, 1}}, m.data(d, "y"));
  });
  ImpactModel model(kernel, quick_svi(), with_seed(34));
  TrainOptions options;
  options.num_steps = 5;
  options.num_samples = 20;
  options.check_guide = false;
  model.fit_on_batch(kFiveRows, kFiveRows, {{"T", kFiveRows}}, options);
  PredictCall base = call(kFiveRows), treated = call(kFiveRows), moved = call(Array::vector({0.0, 1.0, 1.5, 2.0, 3.0}));
  base.extra = moved.extra = {{"T", kFiveRows}};
  treated.extra = {{"T", Array::vector({0.0, 1.0, 1.5, 2.0, 3.0})}};
  const ImpactEffect by_treatment = model.estimate_effect(base, treated);
  CHECK(by_treatment.at("y").average.mean == Approx(1.0));
  CHECK(by_treatment.at("y").identified == false);
  REQUIRE_FALSE(by_treatment.warnings.empty());
  CHECK(by_treatment.warnings.back().code == "W1107");
  CHECK(model.estimate_effect(base, moved).at("y").identified == true);
  CHECK_FALSE(model.estimate_effect(base, base).at("y").identified.has_value());
}
