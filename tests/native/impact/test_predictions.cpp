// Predictions: groups and shapes, chunks and threads, injected posteriors, interventions, stores.
#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/native/impact/impact_kernels.hpp"

using namespace dolab;
using namespace dolab::impact_example;

namespace {

/// 2 chains of 20 draws: direct = 0.1, 0.2, ..., and a mediator for each of `rows` rows.
std::map<std::string, Array> mediation_draws(std::int64_t rows) {
  std::vector<double> direct, mediator;
  for (int k = 0; k < 40; ++k) {
    direct.push_back(0.1 * (k + 1));
    for (std::int64_t i = 0; i < rows; ++i) mediator.push_back(7.0 + 0.01 * static_cast<double>(i + k));
  }
  return {{"direct", Array::vector(direct)}, {"m", Array(DType::real, {40, rows}, mediator)}};
}

ImpactModel mediated(std::int64_t rows, int threads = 1) {
  ImpactModel model(mediation(), quick_svi(), with_seed(21, threads));
  model.set_posterior_sample(mediation_draws(rows), 2);
  return model;
}

PredictSettings setting(std::map<std::string, Intervention> intervention, std::vector<std::string> sites = {}) {
  PredictSettings settings;
  settings.intervention = std::move(intervention);
  if (!sites.empty()) settings.return_sites = std::move(sites);
  return settings;
}

}  // namespace

TEST_CASE("a prediction is the posterior and one draw for each of its draws", "[impact]") {
  ImpactModel model = mediated(5);
  const DrawTree tree = model.predict_on_batch(kFiveRows);
  REQUIRE(tree.groups.size() == 2);
  CHECK(tree.groups[0].name == "posterior");
  const DrawGroup& group = tree.group("posterior_predictive");
  CHECK(group.chains == 2);
  CHECK(group.draws == 20);
  REQUIRE(group.sites.size() == 2);
  CHECK(group.sites[0].name == "y");
  CHECK(group.sites[0].dims == std::vector<std::string>{"rows"});
  CHECK(group.sites[1].name == "mean");
  CHECK(group.sites[1].deterministic);
  CHECK(group.at("y").shape() == Shape{2, 20, 5});
  // mean = m + direct x, from the posterior's own values.
  const Array& mean = group.at("mean");
  for (const std::int64_t k : {0, 19, 39}) {
    for (std::int64_t i = 0; i < 5; ++i) {
      const double expected = 7.0 + 0.01 * static_cast<double>(i + k) + 0.1 * static_cast<double>(k + 1) * kFiveRows[i];
      CHECK(mean[k * 5 + i] == Approx(expected));
    }
  }
  PredictSettings new_data;
  new_data.in_sample = false;
  CHECK(model.predict_on_batch(kFiveRows, {}, new_data).find("predictions") != nullptr);
  CHECK(model.predict_on_batch(kFiveRows, {}, new_data).find("posterior_predictive") == nullptr);
  CHECK(identical(model.sample_posterior_predictive_on_batch(kFiveRows, {}, new_data).group("posterior_predictive"),
                  group));
}

TEST_CASE("predictions are the same bits for any chunk, thread, sink and store", "[impact]") {
  ImpactModel one = mediated(5, 1), two = mediated(5, 2);
  const PredictSettings plain = setting({{"t", 0.5}}, {"y", "mean", "m", "t"});
  const DrawTree tree = one.predict_on_batch(kFiveRows, {}, plain);
  const DrawGroup& expected = tree.group("posterior_predictive");
  for (const std::int64_t bytes : {std::int64_t{1}, std::int64_t{700}, std::int64_t{1} << 25}) {
    for (ImpactModel* model : {&one, &two}) {
      PredictSettings chunked = plain;
      chunked.chunk_bytes = bytes;
      CHECK(identical(model->predict_on_batch(kFiveRows, {}, chunked).group("posterior_predictive"), expected));
      MemoryDraws sink;
      CHECK(model->predict(kFiveRows, {}, chunked, sink));
      CHECK(sink.draws("posterior_predictive", "y").identical(expected.at("y")));
      CHECK(sink.draws("posterior", "direct").shape() == Shape{2, 20});
    }
  }
  const StoredDraws stored = two.predict(kFiveRows, {}, plain);
  CHECK(stored.complete);
  const DrawTree read = read_draws(stored.path);
  for (const char* site : {"y", "mean", "m", "t"}) {
    CHECK(read.group("posterior_predictive").at(site).identical(expected.at(site)));
  }
  CHECK(read.group("posterior").at("direct").identical(tree.group("posterior").at("direct")));
}

TEST_CASE("an injected posterior predicts as the model that drew it", "[impact]") {
  const LinearData data = linear_data(20);
  for (const Inference& inference : {Inference{quick_svi()}, Inference{quick_nuts()}}) {
    ImpactModel source(linear(), inference, with_seed(22));
    TrainOptions options;
    options.num_steps = 200;
    options.num_samples = 60;
    source.fit_on_batch(data.X, data.y, {}, options);
    const DrawGroup posterior = *source.posterior();
    std::map<std::string, Array> values;
    for (const DrawnSite& site : posterior.sites) {
      Shape shape = site.shape;
      shape.insert(shape.begin(), posterior.chains * posterior.draws);
      values.emplace(site.name, site.values.reshaped(shape));
    }
    ImpactModel other(linear(), SviSettings{}, with_seed(22, 2));
    other.set_posterior_sample(values, posterior.chains);
    CHECK(other.is_fitted());
    CHECK(identical(other.predict_on_batch(data.X).group("posterior_predictive"),
                    source.predict_on_batch(data.X).group("posterior_predictive")));
    CHECK(identical(other.log_likelihood(data.X, data.y).group("log_likelihood"),
                    source.log_likelihood(data.X, data.y).group("log_likelihood")));
  }
}

TEST_CASE("interventions replace a value for what follows and report the natural one", "[impact]") {
  ImpactModel model = mediated(5);
  const std::vector<std::string> sites = {"t", "m", "mean"};
  const DrawGroup natural = model.predict_on_batch(kFiveRows, {}, setting({}, sites)).group("posterior_predictive");
  const Array rows = Array::vector({5.0, 4.0, 3.0, 2.0, 1.0});
  const DrawGroup imposed =
      model.predict_on_batch(kFiveRows, {}, setting({{"t", rows}}, sites)).group("posterior_predictive");
  const DrawGroup shifted =
      model.predict_on_batch(kFiveRows, {}, setting({{"t", Intervention::shift(Array::scalar(1.0))}}, sites))
          .group("posterior_predictive");
  const DrawGroup doubled =
      model.predict_on_batch(kFiveRows, {}, setting({{"t", Intervention::scale(Array::scalar(2.0))}}, sites))
          .group("posterior_predictive");
  CHECK(imposed.at("t").identical(natural.at("t")));
  for (const std::int64_t k : {0, 21, 39}) {
    const double direct = 0.1 * static_cast<double>(k + 1);
    for (std::int64_t i = 0; i < 5; ++i) {
      const std::int64_t at = k * 5 + i;
      // The latent mediator is drawn again around its new mean, with the same noise in every scenario.
      CHECK(imposed.at("mean")[at] == Approx(imposed.at("m")[at] + direct * rows[i]));
      CHECK(shifted.at("mean")[at] == Approx(shifted.at("m")[at] + direct * (kFiveRows[i] + 1.0)));
      CHECK(doubled.at("mean")[at] == Approx(doubled.at("m")[at] + direct * 2.0 * kFiveRows[i]));
      CHECK(imposed.at("m")[at] - 2.0 * rows[i] == Approx(shifted.at("m")[at] - 2.0 * (kFiveRows[i] + 1.0)));
      CHECK(std::fabs(imposed.at("m")[at] - 2.0 * rows[i]) < 3.0);
    }
  }
  // Upstream of the intervention nothing moves.
  const DrawGroup cut =
      model.predict_on_batch(kFiveRows, {}, setting({{"m", 0.0}}, sites)).group("posterior_predictive");
  CHECK(cut.at("t").identical(natural.at("t")));
  CHECK(cut.at("m").identical(natural.at("m")));
  CHECK(cut.at("mean")[2 * 5 + 4] == Approx(0.3 * 2.0));
  // A deterministic site can be set as well.
  const DrawGroup level =
      model.predict_on_batch(kFiveRows, {}, setting({{"mean", 100.0}}, {"y"})).group("posterior_predictive");
  CHECK(mean_of(level.at("y")) == Approx(100.0).margin(0.2));
}

TEST_CASE("data given for a mediator win over its draws, unless it descends from an intervention", "[impact]") {
  ImpactModel model = mediated(5);
  const Array observed = Array::vector({1.0, 1.0, 1.0, 1.0, 1.0});
  const DrawGroup kept =
      model.predict_on_batch(kFiveRows, {{"M", observed}}, setting({}, {"m", "mean"})).group("posterior_predictive");
  CHECK(kept.at("m")[17] == 1.0);
  CHECK(kept.at("mean")[0] == Approx(1.0 - 0.1));
  const DrawGroup moved =
      model.predict_on_batch(kFiveRows, {{"M", observed}}, setting({{"t", 10.0}}, {"m"})).group("posterior_predictive");
  CHECK(mean_of(moved.at("m")) == Approx(20.0).margin(0.2));
}

TEST_CASE("draws of rows that belong to other data are drawn again", "[impact]") {
  // z is latent for each row and reads X; w does not.
  const Kernel kernel = make_kernel("k", {"X", {"Z", kNone}, {"y", kNone}}, [](ModelBuilder& m, const Arguments& d) {
    const Value x = d.array("X");
    const Value slope = m.sample("slope", {"Normal", {0, 1}});
    const Plate rows = m.plate("rows", x.extent(0));
    const Value z = m.sample("z", {"Normal", {100.0 * x, 0.1}}, m.data(d, "Z"));
    const Value child = m.sample("child", {"Normal", {z, 0.1}});
    const Value w = m.sample("w", {"Normal", {0, 1}});
    m.sample("y", {"Normal", {slope * child + w, 1}}, m.data(d, "y"));
  });
  ImpactModel model(kernel, quick_svi(), with_seed(25));
  TrainOptions options;
  options.num_steps = 5;
  options.num_samples = 30;
  options.check_guide = false;
  model.fit_on_batch(kFiveRows, kFiveRows, {}, options);
  const DrawGroup posterior = *model.posterior();
  const auto predicted = [&](const Array& x, const Arguments& extra) {
    return model.predict_on_batch(x, extra, setting({}, {"slope", "z", "child", "w"})).group("posterior_predictive");
  };
  const DrawGroup same = predicted(kFiveRows, {});
  for (const char* site : {"slope", "z", "child", "w"}) CHECK(same.at(site).identical(posterior.at(site)));
  const DrawGroup other = predicted(Array::vector({3.0, 3.0, 3.0, 3.0, 3.0}), {});
  CHECK(mean_of(other.at("z")) == Approx(300.0).margin(0.2));
  CHECK(mean_of(other.at("child")) == Approx(300.0).margin(0.2));
  CHECK(other.at("w").identical(posterior.at("w")));
  CHECK(other.at("slope").identical(posterior.at("slope")));
  // New data for z win, and its children follow them.
  const DrawGroup given = predicted(kFiveRows, {{"Z", Array::vector({-7.0, -7.0, -7.0, -7.0, -7.0})}});
  CHECK(mean_of(given.at("z")) == -7.0);
  CHECK(mean_of(given.at("child")) == Approx(-7.0).margin(0.1));
  CHECK(given.at("w").identical(posterior.at("w")));
}

TEST_CASE("interventions that cannot be made are errors", "[impact]") {
  ImpactModel model = mediated(5);
  const auto predicted = [&](std::map<std::string, Intervention> intervention) {
    return code_of([&] { model.predict_on_batch(kFiveRows, {}, setting(std::move(intervention))); });
  };
  CHECK(predicted({{"tt", 1.0}}) == "E104");
  CHECK(predicted({{"X", 1.0}}) == "E104");
  CHECK(predicted({{"rows", 1.0}}) == "E1106");
  CHECK(predicted({{"t", Array::vector({1.0, 2.0})}}) == "E1106");
  CHECK(predicted({{"t", Array(DType::real, {5, 5})}}) == "E1106");
  CHECK(predicted({{"t", std::nan("")}}) == "E1106");
  CHECK(predicted({{"t", 1.0}, {"m", 2.0}}).empty());
  CHECK(code_of([&] { model.predict_on_batch(kFiveRows, {}, setting({}, {"mu"})); }) == "E104");
  PredictSettings no_memory;
  no_memory.chunk_bytes = 0;
  CHECK(code_of([&] { model.predict_on_batch(kFiveRows, {}, no_memory); }) == "E1103");
}

TEST_CASE("new rows get latent values of their own", "[impact]") {
  ImpactModel model = mediated(5);
  const Array x = Array::vector({3.0, 3.0, 3.0});
  const DrawTree tree = model.predict_on_batch(x, {}, setting({}, {"m"}));
  CHECK(mean_of(tree.group("posterior_predictive").at("m")) == Approx(6.0).margin(0.2));
  REQUIRE_FALSE(tree.warnings.empty());
  CHECK(tree.warnings.front().code == "W801");
  CHECK(code_of([&] { model.log_likelihood(x, x); }) == "E808");
}

TEST_CASE("outcomes of two columns", "[impact]") {
  ImpactModel model(two_outputs(), quick_svi(), with_seed(23));
  model.set_posterior_sample({{"w", Array(DType::real, {4, 2}, {0, 10, 1, 11, 2, 12, 3, 13})}});
  const DrawTree tree = model.predict_on_batch(kFiveRows);
  CHECK(tree.group("posterior_predictive").at("y").shape() == Shape{1, 4, 5, 2});
  const Array y(DType::real, {5, 2});
  CHECK(model.log_likelihood(kFiveRows, y).group("log_likelihood").at("y").shape() == Shape{1, 4, 5});
}

TEST_CASE("prior prediction needs no fit and is not the posterior's", "[impact]") {
  ImpactModel model(mediation(), quick_svi(), with_seed(24));
  PriorSettings settings;
  settings.num_samples = 99;
  const DrawTree prior = model.sample_prior_predictive_on_batch(kFiveRows, {}, settings);
  REQUIRE(prior.groups.size() == 1);
  CHECK(prior.group("prior_predictive").at("y").shape() == Shape{1, 99, 5});
  CHECK(model.kernel_spec()->traced);
  CHECK_FALSE(model.kernel_spec()->output_observed);
  CHECK_FALSE(model.is_fitted());
  settings.return_sites = std::vector<std::string>{"direct", "m", "m"};
  const DrawTree sites = model.sample_prior_predictive_on_batch(kFiveRows, {}, settings);
  CHECK(sites.group("prior_predictive").sites.size() == 2);
  // Every row has a mediator of its own.
  const Array& m = sites.group("prior_predictive").at("m");
  CHECK(m[0] + 2.0 != m[1]);
  settings.return_sites = std::vector<std::string>{};
  CHECK(model.sample_prior_predictive_on_batch(kFiveRows, {}, settings).group("prior_predictive").sites.empty());
  settings.return_sites.reset();
  const StoredDraws stored = model.sample_prior_predictive(kFiveRows, {}, settings);
  CHECK(identical(read_draws(stored.path).group("prior_predictive"), prior.group("prior_predictive")));
}

TEST_CASE("stored predictions live until cleanup", "[impact]") {
  ImpactModel model = mediated(5);
  CHECK_FALSE(model.temp_dir());
  model.cleanup();  // nothing to do
  const StoredDraws first = model.predict(kFiveRows), second = model.predict(kFiveRows);
  CHECK(first.path != second.path);
  CHECK(std::filesystem::exists(first.path));
  CHECK(first.path.find("_predict.zarr") != std::string::npos);
  const std::string directory = *model.temp_dir();
  // A failure leaves no store behind.
  const auto stores = [&] {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(directory)) ++count;
    return count;
  };
  CHECK(code_of([&] { model.predict(kFiveRows, {}, setting({{"tt", 1.0}})); }) == "E104");
  CHECK(stores() == 2);
  ImpactModel::cleanup_models();
  CHECK_FALSE(std::filesystem::exists(directory));
  CHECK(code_of([&] { read_draws(first.path); }) == "E1001");
  const StoredDraws again = model.predict(kFiveRows);
  CHECK(std::filesystem::exists(again.path));
  CHECK(*model.temp_dir() != directory);
  const std::string own = *model.temp_dir();
  { const ImpactModel gone = std::move(model); }
  CHECK_FALSE(std::filesystem::exists(own));
}
