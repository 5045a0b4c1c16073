// Training: continued, on minibatches, by the sampler; what is kept, and what a failure leaves alone.
#include <catch2/catch.hpp>

#include "tests/native/impact/impact_kernels.hpp"

using namespace dolab;
using namespace dolab::impact_example;

namespace {

TrainOptions steps(std::int64_t count, std::int64_t samples = 200) {
  TrainOptions options;
  options.num_steps = count;
  options.num_samples = samples;
  options.check_guide = false;
  return options;
}

double tail_mean(const std::vector<double>& losses) {
  double total = 0.0;
  for (std::size_t i = losses.size() - 50; i < losses.size(); ++i) total += losses[i] / 50.0;
  return total;
}

}  // namespace

TEST_CASE("fit_on_batch finds the least-squares line and goes on where it stopped", "[impact]") {
  const LinearData data = linear_data();
  ImpactModel model(linear(), quick_svi(), with_seed(3));
  CHECK_FALSE(model.is_fitted());
  CHECK_FALSE(model.posterior());
  CHECK_FALSE(model.kernel_spec());
  model.fit_on_batch(data.X, data.y, {}, steps(100));
  REQUIRE(model.vi_result());
  const std::vector<double> first = model.vi_result()->losses;
  CHECK(first.size() == 100);
  model.fit_on_batch(data.X, data.y, {}, steps(1400));
  CHECK(model.vi_result()->losses.size() == 1400);
  CHECK(model.vi_result()->steps == 1500);
  CHECK(tail_mean(model.vi_result()->losses) < tail_mean(first));
  CHECK(model.is_fitted());
  const DrawGroup posterior = *model.posterior();
  CHECK(posterior.chains == 1);
  CHECK(posterior.draws == 200);
  const Array b = posterior.at("b");
  double intercept = 0.0, slope = 0.0;
  for (std::int64_t k = 0; k < 200; ++k) {
    intercept += b[2 * k] / 200.0;
    slope += b[2 * k + 1] / 200.0;
  }
  CHECK(intercept == Approx(0.5).margin(0.12));
  CHECK(slope == Approx(1.5).margin(0.15));
  CHECK(posterior.find("mu")->deterministic);
  CHECK(model.kernel_spec()->output_observed);
  CHECK(model.kernel_spec()->sample_sites == std::vector<std::string>{"b", "sigma", "y"});
  CHECK(model.kernel_spec()->return_sites == std::vector<std::string>{"y", "mu"});

  // One call of 1500 steps does the same.
  ImpactModel whole(linear(), quick_svi(), with_seed(3));
  whole.fit_on_batch(data.X, data.y, {}, steps(1500));
  CHECK(identical(*whole.posterior(), posterior));
}

TEST_CASE("train_on_batch lowers the loss and leaves the fit alone", "[impact]") {
  const LinearData data = linear_data();
  ImpactModel model(linear(), quick_svi(), with_seed(4));
  double first = 0.0, last = 0.0;
  for (int i = 0; i < 400; ++i) {
    const double loss = model.train_on_batch(data.X, data.y);
    if (i < 20) first += loss / 20.0;
    if (i >= 380) last += loss / 20.0;
  }
  CHECK(last < first);
  CHECK_FALSE(model.is_fitted());
  CHECK_FALSE(model.vi_result());
  CHECK(code_of([&] { model.sample(); }) == "E807");
  // A fit goes on from these steps.
  model.fit_on_batch(data.X, data.y, {}, steps(10));
  CHECK(model.vi_result()->steps == 410);
  CHECK(model.vi_result()->losses.size() == 10);
}

TEST_CASE("minibatches agree with the whole data, whether or not the kernel rescales", "[impact]") {
  const LinearData data = linear_data(120);
  ImpactModel whole(linear(), quick_svi(), with_seed(5));
  whole.fit_on_batch(data.X, data.y, {}, steps(3000, 500));
  const double slope = mean_of(whole.posterior()->at("b"));
  FitOptions options;
  options.batch_size = 32;  // the last batch is short
  options.epochs = 500;
  options.num_samples = 500;
  const auto spread = [](const Array& sigma) {
    const double mean = mean_of(sigma);
    double squares = 0.0;
    for (std::int64_t i = 0; i < sigma.size(); ++i) squares += (sigma[i] - mean) * (sigma[i] - mean);
    return std::sqrt(squares / static_cast<double>(sigma.size()));
  };
  for (const Kernel& kernel : {linear(), linear_subsample(120)}) {
    ImpactModel batches(kernel, quick_svi(), with_seed(5));
    batches.fit(data.X, data.y, {}, options);
    CHECK(batches.vi_result()->losses.size() == 2000);
    CHECK(mean_of(batches.posterior()->at("b")) == Approx(slope).margin(0.08));
    // Without rescaling the posterior would be twice as wide.
    CHECK(spread(batches.posterior()->at("sigma")) / spread(whole.posterior()->at("sigma")) < 1.4);
  }
  ImpactModel one_batch(linear(), quick_svi(), with_seed(5));
  FitOptions all;
  all.epochs = 3000;
  all.num_samples = 500;
  one_batch.fit(data.X, data.y, {}, all);
  CHECK(identical(*one_batch.posterior(), *whole.posterior()));
}

TEST_CASE("batches of one shape are traced and compiled once", "[impact]") {
  // The second kernel reads a value of its data while it is traced, so that every batch is a model of its own; the
  // numbers are the same.
  const LinearData data = linear_data(120);
  std::vector<std::vector<double>> losses;
  std::vector<double> single;
  std::vector<int> traces;
  for (const bool reading : {false, true}) {
    const auto count = std::make_shared<int>(0);
    const Kernel kernel =
        make_kernel("counted", {"X", {"y", kNone}}, [count, reading](ModelBuilder& m, const Arguments& arguments) {
          ++*count;
          const Value x = arguments.array("X");
          const Value b = m.sample("b", Distribution("Normal", {0, 1}).expand({x.extent(1)}).to_event(1));
          const double read = reading ? 1e-300 * arguments.array("X")[1] : 0.0;
          const Plate rows = m.plate("rows", x.extent(0));
          m.sample("y", {"Normal", {matmul(x, b) + read, 0.3}}, m.data(arguments, "y"));
        });
    FitOptions options;
    options.batch_size = 50;
    options.epochs = 20;
    options.num_samples = 10;
    options.check_guide = false;
    ImpactModel model(kernel, quick_svi(), with_seed(8));
    model.fit(data.X, data.y, {}, options);
    losses.push_back(model.vi_result()->losses);
    traces.push_back(*count);
    // The same for steps that the caller cuts: 60 batches of one shape.
    ImpactModel stepwise(kernel, quick_svi(), with_seed(8));
    *count = 0;
    for (int i = 0; i < 60; ++i) {
      Array x(DType::real, {40, data.X.shape()[1]}), y(DType::real, {40});
      const std::int64_t first = i % 3 * 40, width = data.X.shape()[1];
      std::copy_n(data.X.data() + first * width, x.size(), x.mutable_data());
      std::copy_n(data.y.data() + first, 40, y.mutable_data());
      single.push_back(stepwise.train_on_batch(x, y));
    }
    traces.push_back(*count);
    // Draws come from the model on the data of a fit, not from those of the batch that the program was made with.
    TrainOptions more;
    more.num_steps = 1;
    more.num_samples = 5;
    more.check_guide = false;
    CHECK(stepwise.fit_on_batch(data.X, data.y, {}, more).is_fitted());
  }
  REQUIRE(losses[0].size() == 60);  // two full batches and a short one in each epoch
  CHECK(traces[0] <= 12);
  CHECK(traces[1] <= 8);
  CHECK(traces[2] > 60);
  CHECK(traces[3] > 60);
  for (std::size_t i = 0; i < 60; ++i) {
    CHECK(losses[0][i] == Approx(losses[1][i]).epsilon(1e-9));
    CHECK(single[i] == Approx(single[60 + i]).epsilon(1e-9));
  }
}

TEST_CASE("the sampler keeps its chains, and sample runs it again", "[impact]") {
  const LinearData data = linear_data();
  ImpactModel model(linear(), quick_nuts(), with_seed(6, 2));
  model.fit_on_batch(data.X, data.y);
  CHECK(model.posterior()->chains == 2);
  CHECK(model.posterior()->draws == 400);
  CHECK_FALSE(model.vi_result());
  const double slope = mean_of(model.posterior()->at("b"));
  CHECK(slope == Approx(1.0).margin(0.1));
  SampleSettings request;
  request.num_samples = 150;
  request.return_sites = std::vector<std::string>{"b"};
  const DrawTree drawn = model.sample(request);
  CHECK(drawn.group("posterior").chains == 2);
  CHECK(drawn.group("posterior").draws == 150);
  CHECK(drawn.group("posterior").sites.size() == 1);
  CHECK(mean_of(drawn.group("posterior").at("b")) == Approx(slope).margin(0.1));
  // The stored posterior stays.
  CHECK(model.posterior()->draws == 400);
  CHECK(code_of([&] { model.train_on_batch(data.X, data.y); }) == "E813");
  CHECK(code_of([&] { model.fit(data.X, data.y); }) == "E813");
}

TEST_CASE("sample draws from the guide: other numbers each time, the same under one seed", "[impact]") {
  const LinearData data = linear_data();
  ImpactModel model(linear(), quick_svi(), with_seed(7));
  model.fit_on_batch(data.X, data.y, {}, steps(300));
  SampleSettings request;
  request.num_samples = 50;
  const DrawTree first = model.sample(request), second = model.sample(request);
  CHECK_FALSE(first.group("posterior").at("sigma").identical(second.group("posterior").at("sigma")));
  request.seed = 99;
  CHECK(identical(model.sample(request).group("posterior"), model.sample(request).group("posterior")));
  request.return_sites = std::vector<std::string>{};
  CHECK(model.sample(request).group("posterior").sites.empty());
  request.return_sites = std::vector<std::string>{"sigmaa"};
  CHECK(code_of([&] { model.sample(request); }) == "E104");
}

TEST_CASE("a failure changes nothing", "[impact]") {
  const LinearData data = linear_data();
  ImpactModel model(linear(), quick_svi(), with_seed(8));
  model.fit_on_batch(data.X, data.y, {}, steps(50));
  const DrawGroup before = *model.posterior();
  const std::vector<double> losses = model.vi_result()->losses;
  const Array wide(DType::real, {60, 3});
  CHECK(code_of([&] { model.fit_on_batch(wide, data.y); }) == "E812");
  CHECK(code_of([&] { model.train_on_batch(wide, data.y); }) == "E812");
  CHECK(code_of([&] { model.fit_on_batch(data.X, Array::vector({1.0})); }) == "E806");
  Progress cancelled;
  cancelled.cancel();
  CHECK(identical(*model.posterior(), before));
  CHECK(model.vi_result()->losses == losses);

  SviSettings wild = quick_svi();
  wild.step_size = 1e200;
  ImpactModel exploding(linear(), wild, with_seed(8));
  CHECK(code_of([&] { exploding.fit_on_batch(data.X, data.y, {}, steps(50)); }) == "E810");
  CHECK_FALSE(exploding.is_fitted());
  CHECK_FALSE(exploding.vi_result());
  CHECK_FALSE(exploding.kernel_spec());
}

TEST_CASE("a cancelled fit keeps what it has", "[impact]") {
  const LinearData data = linear_data();
  ImpactModel model(linear(), quick_svi(), with_seed(9));
  Progress at_once;
  at_once.cancel();
  TrainOptions options = steps(1000);
  options.progress = &at_once;
  CHECK_THROWS_AS(model.fit_on_batch(data.X, data.y, {}, options), Cancelled);
  CHECK_FALSE(model.is_fitted());
  // Cancelled later, from the callback: the posterior is where it stopped.
  Progress* running = nullptr;
  Progress later([&](const ProgressReport& report) {
    if (report.done >= 1) running->cancel();
  });
  running = &later;
  options.num_steps = 100000000;
  options.progress = &later;
  model.fit_on_batch(data.X, data.y, {}, options);
  CHECK(model.is_fitted());
  CHECK_FALSE(model.vi_result()->complete);
  CHECK(model.warnings().back().code == "W810");
}

TEST_CASE("kernels with a branch for data and one for simulation", "[impact]") {
  const Array x(DType::real, {40});
  std::vector<double> counts;
  for (int i = 0; i < 40; ++i) counts.push_back(static_cast<double>(1 + i % 3));
  const Array y = Array::vector(counts);
  SviSettings slow = quick_svi();
  slow.step_size = 0.005;
  ImpactModel model(two_branches(), slow, with_seed(10));
  const DrawTree prior = model.sample_prior_predictive_on_batch(x);
  CHECK(prior.group("prior_predictive").at("y").shape() == Shape{1, 1000, 40});
  CHECK_FALSE(model.kernel_spec()->output_observed);
  CHECK(model.kernel_spec()->return_sites == std::vector<std::string>{"y"});
  model.fit_on_batch(x, y, {}, steps(5000));
  CHECK(model.kernel_spec()->output_observed);
  CHECK(model.kernel_spec()->return_sites == std::vector<std::string>{"y"});
  CHECK(model.kernel_spec()->sample_sites == std::vector<std::string>{"rate", "count", "y"});
  // By quadrature the posterior mean of the rate is 1.93.
  CHECK(mean_of(model.predict_on_batch(x).group("posterior_predictive").at("y")) == Approx(1.93).margin(0.15));
  const DrawTree scored = model.log_likelihood(x, y);
  const double rate = model.posterior()->at("rate")[7];
  CHECK(scored.group("log_likelihood").at("y")[7 * 40 + 1] == Approx(2.0 * std::log(rate) - rate));
}
