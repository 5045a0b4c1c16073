// What ImpactModel refuses: kernels, arguments, sites and options that do not fit.
#include <catch2/catch.hpp>

#include "dolab/error.hpp"
#include "tests/native/impact/impact_kernels.hpp"

using namespace dolab;
using namespace dolab::impact_example;

namespace {

Kernel kernel_of(
    Signature signature, KernelFunction function = [](ModelBuilder&, const Arguments&) {}) {
  return make_kernel("k", std::move(signature), std::move(function));
}

/// A kernel whose body is given X and the builder only.
Kernel body(KernelFunction function) { return kernel_of({"X", {"C", kNone}, {"y", kNone}}, std::move(function)); }

std::string constructed(Kernel kernel, Inference inference = SviSettings{}, ModelSettings settings = {}) {
  return code_of([&] { ImpactModel(std::move(kernel), std::move(inference), std::move(settings)); });
}

const Array kX = Array::vector({1.0, 2.0, 3.0});
const Array kY = Array::vector({0.1, 0.2, 0.3});

std::string fitted(const Kernel& kernel) {
  return code_of([&] {
    ImpactModel model(kernel, SviSettings{}, with_seed(1));
    TrainOptions options;
    options.num_steps = 1;
    options.num_samples = 2;
    options.check_guide = false;
    model.fit_on_batch(kX, kY, {}, options);
  });
}

std::string simulated(const Kernel& kernel) {
  return code_of([&] { ImpactModel(kernel).sample_prior_predictive_on_batch(kX); });
}

}  // namespace

TEST_CASE("the constructor checks the signature", "[impact]") {
  CHECK(constructed(kernel_of({"X", {"y", kNone}})).empty());
  Signature variable{"X", {"y", kNone}};
  variable.variable_arguments = true;
  CHECK(constructed(kernel_of(variable)) == "E802");
  CHECK(constructed(kernel_of({"x", {"y", kNone}})) == "E802");
  CHECK(constructed(kernel_of({"X", {"outcome", kNone}})) == "E802");
  CHECK(constructed(kernel_of({{"X", kNone}, {"y", kNone}})) == "E802");
  CHECK(constructed(kernel_of({"X", "y"})) == "E803");
  CHECK(constructed(kernel_of({"X", {"y", Fallback::value}})) == "E803");
  CHECK(constructed(kernel_of({"X", {"y", kNone}}, nullptr)) == "E802");
  ModelSettings own_names;
  own_names.param_input = "table";
  own_names.param_output = "outcome";
  CHECK(constructed(kernel_of({"table", {"outcome", kNone}}), SviSettings{}, own_names).empty());
}

TEST_CASE("the constructor checks the inference", "[impact]") {
  const auto svi = [](auto change) {
    SviSettings settings;
    change(settings);
    return constructed(linear(), settings);
  };
  CHECK(svi([](SviSettings& s) { s.guide = "AutoNormale"; }) == "E1103");
  CHECK(svi([](SviSettings& s) { s.optimizer = "Adamant"; }) == "E1103");
  CHECK(svi([](SviSettings& s) { s.init = "anywhere"; }) == "E1103");
  CHECK(svi([](SviSettings& s) { s.step_size = 0.0; }) == "E1103");
  CHECK(svi([](SviSettings& s) { s.step_size = std::nan(""); }) == "E1103");
  CHECK(svi([](SviSettings& s) { s.particles = 0; }) == "E1103");
  const auto nuts = [](auto change) {
    NutsSettings settings;
    change(settings);
    return constructed(linear(), settings);
  };
  CHECK(nuts([](NutsSettings& s) { s.chains = 0; }) == "E1103");
  CHECK(nuts([](NutsSettings& s) { s.draws = 0; }) == "E1103");
  CHECK(nuts([](NutsSettings& s) { s.warmup = -1; }) == "E1103");
  CHECK(nuts([](NutsSettings& s) { s.target_accept = 1.0; }) == "E1103");
  CHECK(nuts([](NutsSettings& s) { s.metric = "round"; }) == "E1103");
  CHECK(nuts([](NutsSettings&) {}).empty());
}

TEST_CASE("the first trace checks the sites", "[impact]") {
  const auto normal = [](double loc) { return Distribution("Normal", {loc, 1}); };
  CHECK(fitted(body([&](ModelBuilder& m, const Arguments& d) { m.sample("y", normal(0), m.data(d, "y")); })) == "E507");
  CHECK(fitted(body([&](ModelBuilder& m, const Arguments& d) {
          m.sample("y", {"Normal", {m.sample("a", normal(0)), 1}}, m.data(d, "y"));
        })).empty());
  // No output site; a slash; a site with the name of an argument.
  CHECK(fitted(body([&](ModelBuilder& m, const Arguments&) { m.sample("a", normal(0)); })) == "E804");
  CHECK(simulated(body([&](ModelBuilder& m, const Arguments&) { m.sample("a", normal(0)); })) == "E804");
  CHECK(fitted(body([&](ModelBuilder& m, const Arguments& d) {
          m.sample("y", {"Normal", {m.sample("group/a", normal(0)), 1}}, m.data(d, "y"));
        })) == "E804");
  CHECK(fitted(body([&](ModelBuilder& m, const Arguments& d) {
          m.sample("y", {"Normal", {m.sample("C", normal(0)), 1}}, m.data(d, "y"));
        })) == "E804");
  // The output is of the wrong kind, or its data are not used.
  CHECK(fitted(body([&](ModelBuilder& m, const Arguments&) { m.deterministic("y", m.sample("a", normal(0))); })) ==
        "E804");
  CHECK(fitted(body([&](ModelBuilder& m, const Arguments&) { m.sample("y", normal(0)); })) == "E809");
  CHECK(simulated(body([&](ModelBuilder& m, const Arguments&) { m.factor("y", m.sample("a", normal(0))); })) == "E804");
  CHECK(simulated(body([&](ModelBuilder& m, const Arguments&) {
          m.deterministic("y", m.sample("a", normal(0)));
        })).empty());
}

TEST_CASE("arguments of a call are checked before anything runs", "[impact]") {
  const Kernel kernel = make_kernel("k", {"X", "C", {"y", kNone}}, [](ModelBuilder& m, const Arguments& d) {
    const Value c = d.array("C");
    m.sample("y", {"Normal", {m.sample("a", {"Normal", {0, 1}}) * c, 1}}, m.data(d, "y"));
  });
  ImpactModel model(kernel, quick_svi(), with_seed(1));
  const auto fit = [&](const Array& x, const Array& y, const Arguments& extra) {
    TrainOptions options;
    options.num_steps = 2;
    options.num_samples = 2;
    options.check_guide = false;
    return code_of([&] { model.fit_on_batch(x, y, extra, options); });
  };
  CHECK(fit(kX, kY, {}) == "E205");
  CHECK(fit(kX, kY, {{"C", kX}, {"D", 1.0}}) == "E205");
  CHECK(fit(kX, kY, {{"C", kX}, {"X", kX}}) == "E802");
  CHECK(fit(kX, kY, {{"C", kX}, {"y", kY}}) == "E802");
  CHECK(fit(Array::scalar(1.0), kY, {{"C", kX}}) == "E805");
  CHECK(fit(kX, Array::scalar(1.0), {{"C", kX}}) == "E805");
  CHECK(fit(Array(DType::real, {0}), Array(DType::real, {0}), {{"C", kX}}) == "E805");
  CHECK(fit(kX, Array::vector({1.0}), {{"C", kX}}) == "E806");
  CHECK(fit(kX, Array::vector({0.1, std::nan(""), 0.3}), {{"C", kX}}) == "E503");
  CHECK(fit(kX, kY, {{"C", Array::vector({1.0, 2.0})}}) == "E401");
  CHECK_FALSE(model.is_fitted());
  CHECK(fit(kX, kY, {{"C", kX}}).empty());
  CHECK(fit(kX, kY, {{"C", 2.0}}).empty());

  const auto minibatch = [&](const Array& y, const Arguments& extra, std::int64_t batch, std::int64_t epochs) {
    FitOptions options;
    options.batch_size = batch;
    options.epochs = epochs;
    return code_of([&] { model.fit(kX, y, extra, options); });
  };
  CHECK(minibatch(kY, {{"C", Array::scalar(1.0)}}, 2, 1) == "E805");
  CHECK(minibatch(kY, {{"C", Array::vector({1.0, 2.0})}}, 2, 1) == "E806");
  CHECK(minibatch(kY, {{"C", kX}}, 0, 1) == "E1103");
  CHECK(minibatch(kY, {{"C", kX}}, 2, 0) == "E1103");
  CHECK(minibatch(kY, {{"C", kX}}, 2, 1).empty());

  CHECK(code_of([&] { model.predict_on_batch(kX); }) == "E205");
  CHECK(code_of([&] { model.predict_on_batch(kX, {{"C", kX}, {"y", kY}}); }) == "E802");
  CHECK(code_of([&] { model.predict_on_batch(Array::scalar(1.0), {{"C", kX}}); }) == "E805");
  CHECK(code_of([&] { model.log_likelihood(kX, Array::vector({1.0}), {{"C", kX}}); }) == "E806");
  CHECK(code_of([&] { model.log_likelihood(kX, Array::scalar(1.0), {{"C", kX}}); }) == "E805");
  CHECK(code_of([&] { model.sample_prior_predictive_on_batch(kX, {{"y", kY}}); }) == "E802");
  PriorSettings none;
  none.num_samples = 0;
  CHECK(code_of([&] { model.sample_prior_predictive_on_batch(kX, {{"C", kX}}, none); }) == "E1103");
}

TEST_CASE("what needs a fit says so first", "[impact]") {
  ImpactModel model(linear());
  MemoryDraws sink;
  CHECK(code_of([&] { model.predict_on_batch(Array::scalar(0.0)); }) == "E807");
  CHECK(code_of([&] { model.predict(kX, {}, {}, sink); }) == "E807");
  CHECK(code_of([&] { model.predict(kX); }) == "E807");
  CHECK(code_of([&] { model.log_likelihood(kX, kY); }) == "E807");
  CHECK(code_of([&] { model.estimate_effect({}, {}); }) == "E807");
  CHECK(code_of([&] { model.sample(); }) == "E807");
  CHECK_FALSE(model.temp_dir());
  CHECK(model.to_string() == "ImpactModel(kernel=linear, inference=SVI, input=X, output=y, fitted=false)");
}

TEST_CASE("injected draws are checked", "[impact]") {
  ImpactModel model(linear());
  const auto set = [&](const std::map<std::string, Array>& values, std::int64_t chains = 1) {
    return code_of([&] { model.set_posterior_sample(values, chains); });
  };
  CHECK(set({}) == "E808");
  CHECK(set({{"sigma", Array::scalar(1.0)}}) == "E808");
  CHECK(set({{"sigma", Array(DType::real, {0})}}) == "E808");
  CHECK(set({{"b", Array(DType::real, {3, 2})}, {"sigma", kX}, {"z", Array::vector({1.0})}}) == "E806");
  CHECK(set({{"sigma", kX}}, 2) == "E806");
  CHECK(set({{"sigma", kX}}, 0) == "E1103");
  CHECK(set({{"y", kX}}) == "E808");  // nothing is left
  CHECK_FALSE(model.is_fitted());
  CHECK(set({{"b", Array(DType::real, {3, 2})}, {"sigma", kX}, {"y", kX}}).empty());
  CHECK(model.warnings().size() == 1);
  CHECK_FALSE(model.posterior()->find("y"));
  CHECK_FALSE(model.kernel_spec()->traced);
  CHECK(model.kernel_spec()->return_sites == std::vector<std::string>{"y"});
  // A wrong shape shows when the model is run.
  CHECK(code_of([&] { model.predict_on_batch(Array(DType::real, {4, 3})); }) == "E808");
}

TEST_CASE("a subsampling plate smaller than the data is an error with both numbers", "[impact]") {
  const LinearData data = linear_data(30);
  ImpactModel model(linear_subsample(20));
  model.set_posterior_sample({{"b", Array(DType::real, {5, 2})}, {"sigma", Array::vector({1, 1, 1, 1, 1})}});
  try {
    model.log_likelihood(data.X, data.y);
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.code() == "E402");
    CHECK(error.message().find("20") != std::string::npos);
    CHECK(error.message().find("30") != std::string::npos);
  }
}

TEST_CASE("every code that ImpactModel raises is in the catalogue", "[impact]") {
  for (const char* code : {"E104", "E205", "E704", "E802", "E803", "E804", "E805", "E806", "E807", "E808", "E809",
                           "E810", "W810", "E811", "E812", "E813", "E814", "E1103", "E1106"}) {
    INFO(code);
    CHECK(find_catalogue_entry(code) != nullptr);
  }
}

TEST_CASE("values live inside one run of a kernel", "[impact]") {
  CHECK(code_of([] { Value(1.0); }) == "E209");
  Value leaked;
  ImpactModel model(body([&](ModelBuilder& m, const Arguments&) {
    leaked = m.sample("a", {"Normal", {0, 1}});
    m.sample("y", {"Normal", {leaked, 1}});
  }));
  model.sample_prior_predictive_on_batch(kX);
  CHECK(code_of([&] { leaked + 1.0; }) == "E209");
}
