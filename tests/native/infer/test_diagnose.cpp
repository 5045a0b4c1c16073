// Diagnostics against the reference fixture, and their properties on series with known answers.
#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/philox.hpp"
#include "infer/autocovariance.hpp"
#include "infer/diagnose.hpp"
#include "infer/scalar_math.hpp"
#include "infer/sort_draws.hpp"

namespace {

using namespace dolab::infer;

std::vector<double> normals(std::size_t count, std::uint32_t stream) {
  std::vector<double> out(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto words = dolab::philox(17, {static_cast<std::uint32_t>(i), 0, stream, 0});
    out[i] = normal_quantile(dolab::to_uniform(words[0]));
  }
  return out;
}

std::string reference_path() {
  const char* folder = std::getenv("DOLAB_REFERENCE_DIR");
  return std::string(folder != nullptr ? folder : "../shared/data") + "/posteriordb/diagnostics_fixture.json";
}

void check_relative(double value, double expected, double tolerance = 1e-9) {
  CHECK(std::fabs(value - expected) <= tolerance * std::max(1e-300, std::fabs(expected)));
}

}  // namespace

TEST_CASE("diagnostics reproduce the reference fixture", "[infer][diagnose]") {
  std::ifstream file(reference_path());
  if (!file) {
    std::cout << "SKIPPED: no " << reference_path() << "\n";
    return;
  }
  const auto fixture = nlohmann::json::parse(file);
  Summarizer summarizer;
  for (const auto& item : fixture.at("series").items()) {
    const auto& series = item.value();
    INFO(item.key());
    std::vector<double> draws;
    for (const auto& chain : series.at("draws")) {
      for (const auto& value : chain) draws.push_back(value.get<double>());
    }
    const auto chains = static_cast<std::int64_t>(series.at("draws").size());
    const ChainView x{draws.data(), chains, static_cast<std::int64_t>(draws.size()) / chains};
    const auto expected = [&](const char* key) { return series.at(key).get<double>(); };
    CHECK(std::fabs(r_hat(x) - expected("rhat")) <= 1e-9);
    CHECK(std::fabs(r_hat_bulk(x) - expected("rhat_bulk")) <= 1e-9);
    CHECK(std::fabs(r_hat_folded(x) - expected("rhat_folded")) <= 1e-9);
    check_relative(ess_bulk(x), expected("ess_bulk"));
    check_relative(ess_tail(x), expected("ess_tail"));
    check_relative(ess_mean(x), expected("ess_mean"));
    check_relative(ess_sd(x), expected("ess_sd"));
    check_relative(ess_quantile(x, 0.05), expected("ess_q05"));
    check_relative(ess_quantile(x, 0.5), expected("ess_q50"));
    check_relative(mcse_mean(x), expected("mcse_mean"));
    check_relative(mcse_sd(x), expected("mcse_sd"));
    check_relative(mcse_quantile(x, 0.5), expected("mcse_q50"));
    for (std::int64_t c = 0; c < chains; ++c) {
      check_relative(e_bfmi(x.values + c * x.draws, x.draws),
                     series.at("ebfmi_if_energy")[static_cast<std::size_t>(c)].get<double>());
    }
    const Summary s = summarizer.summarize(x);
    CHECK(s.r_hat == r_hat(x));
    CHECK(s.ess_bulk == ess_bulk(x));
    CHECK(s.ess_tail == ess_tail(x));
    CHECK(s.mcse_mean == mcse_mean(x));
    CHECK(s.mcse_sd == mcse_sd(x));
    CHECK(s.median == quantile(x.values, chains * x.draws, 0.5));
    CHECK(std::make_pair(s.hdi_low, s.hdi_high) == hdi(x.values, chains * x.draws, 0.94));
  }
}

TEST_CASE("autocovariances by products and by transform agree", "[infer][diagnose]") {
  for (const std::int64_t chains : {1, 2, 3}) {
    const std::int64_t draws = 131;
    const auto x = normals(static_cast<std::size_t>(chains * draws), 3);
    Autocovariance near, far;
    near.reset(x.data(), chains, draws);
    far.reset(x.data(), chains, draws);
    far.at(draws - 1);  // beyond the direct lags: every later lag comes from the transform
    for (std::int64_t lag = 0; lag < 40; ++lag) CHECK(near.at(lag) == Approx(far.at(lag)).margin(1e-14));
  }
}

TEST_CASE("draws are sorted by value, then position", "[infer][diagnose]") {
  for (const std::size_t size : {0u, 1u, 100u, 1000u}) {
    auto x = normals(size, 4);
    for (std::size_t i = 0; i < size; ++i) {
      if (i % 7 == 0) x[i] = std::round(x[i]);  // ties, zeros of both signs
      if (i % 11 == 0) x[i] *= 1e300;
      if (i % 13 == 0) x[i] *= 1e-300;
    }
    std::vector<Ranked> values, scratch;
    for (std::size_t i = 0; i < size; ++i) values.emplace_back(x[i], static_cast<std::int64_t>(i));
    auto expected = values;
    std::sort(expected.begin(), expected.end());
    sort_draws(values, scratch);
    CHECK(values == expected);
  }
}

TEST_CASE("effective sample size of an autoregression", "[infer][diagnose]") {
  // AR(1) with coefficient a: ESS of the mean = S (1 - a) / (1 + a).
  const double a = 0.6;
  const std::int64_t chains = 4, draws = 50000;
  auto x = normals(static_cast<std::size_t>(chains * draws), 5);
  for (std::int64_t c = 0; c < chains; ++c) {
    for (std::int64_t i = 1; i < draws; ++i) {
      x[static_cast<std::size_t>(c * draws + i)] += a * x[static_cast<std::size_t>(c * draws + i - 1)];
    }
  }
  const double expected = static_cast<double>(chains * draws) * (1 - a) / (1 + a);
  CHECK(ess_mean({x.data(), chains, draws}) == Approx(expected).epsilon(0.05));
  CHECK(r_hat({x.data(), chains, draws}) < 1.001);
}

TEST_CASE("degenerate series have defined answers", "[infer][diagnose]") {
  const std::vector<double> constant(400, 2.5);
  const ChainView flat{constant.data(), 4, 100};
  CHECK(ess_mean(flat) == 400.0);
  CHECK(ess_bulk(flat) == 400.0);
  CHECK(std::isnan(r_hat(flat)));
  CHECK(mcse_mean(flat) == 0.0);
  CHECK(mcse_sd(flat) == 0.0);
  CHECK(std::isnan(e_bfmi(constant.data(), 100)));

  auto broken = normals(400, 7);
  broken[123] = std::numeric_limits<double>::quiet_NaN();
  const ChainView with_nan{broken.data(), 4, 100};
  CHECK(std::isnan(ess_bulk(with_nan)));
  CHECK(std::isnan(r_hat(with_nan)));
  CHECK(std::isnan(quantile(broken.data(), 400, 0.5)));
  CHECK(std::isnan(Summarizer().summarize(with_nan).mean));

  const std::vector<double> few{1.0, 2.0, 3.0};
  CHECK(std::isnan(ess_mean({few.data(), 1, 3})));
  CHECK(Summarizer().summarize({few.data(), 1, 3}).mean == 2.0);
  CHECK(std::isnan(Summarizer().summarize({few.data(), 0, 0}).mean));
}

TEST_CASE("quantiles and narrowest intervals", "[infer][diagnose]") {
  const std::vector<double> x{4, 1, 3, 2, 10};
  CHECK(quantile(x.data(), 5, 0.5) == 3.0);
  CHECK(quantile(x.data(), 5, 0.1) == Approx(1.4).epsilon(1e-15));
  CHECK(quantile(x.data(), 5, 1.0) == 10.0);
  CHECK(hdi(x.data(), 5, 0.6) == std::make_pair(1.0, 4.0));
  CHECK(hdi(x.data(), 5, 1.0) == std::make_pair(1.0, 10.0));
}

TEST_CASE("Pareto k finds the shape of the tail", "[infer][diagnose]") {
  // Weights u^-k have a Pareto tail of shape k; mid-point ranks instead of random numbers.
  for (const double k : {0.2, 0.5, 0.7, 1.0}) {
    std::vector<double> log_weights(100000);
    for (std::size_t i = 0; i < log_weights.size(); ++i) {
      log_weights[i] = -k * std::log((static_cast<double>(i) + 0.5) / 100000.0);
    }
    CHECK(pareto_k(log_weights.data(), 100000) == Approx(k).margin(0.03));
    for (double& w : log_weights) w += 700;  // only ratios count
    CHECK(pareto_k(log_weights.data(), 100000) == Approx(k).margin(0.03));
  }
  // The same fit by ArviZ 0.23 (psislw).
  std::vector<double> waves(1000), ranks(4000);
  for (std::size_t i = 0; i < waves.size(); ++i) waves[i] = 3 * std::sin(static_cast<double>(i));
  for (std::size_t i = 0; i < ranks.size(); ++i) ranks[i] = -1.3 * std::log((static_cast<double>(i) + 0.5) / 4000);
  CHECK(pareto_k(waves.data(), 1000) == Approx(-1.5566771373932773).epsilon(1e-9));
  CHECK(pareto_k(ranks.data(), 4000) == Approx(1.2422415463219918).epsilon(1e-9));
  const std::vector<double> equal(1000, -3.0);
  CHECK(pareto_k(equal.data(), 1000) < 0.5);
  auto bad = normals(1000, 9);
  CHECK(pareto_k(bad.data(), 1000) < 0.5);
  bad[3] = std::numeric_limits<double>::quiet_NaN();
  CHECK(std::isnan(pareto_k(bad.data(), 1000)));
  CHECK(std::isnan(pareto_k(equal.data(), 10)));
}

TEST_CASE("scalar functions are accurate", "[infer]") {
  const boost::math::normal normal;
  for (int i = 1; i < 2000; ++i) {
    const double x = -740.0 + 0.7401 * i;
    if (x > -708 && x < 709.7) check_relative(scalar_exp(x), std::exp(x), 3e-16);
    const double y = std::exp(0.9 * x);
    CHECK(scalar_log(y) == Approx(std::log(y)).epsilon(3e-16).margin(1e-16));
    check_relative(scalar_log1p(y), std::log1p(y), 5e-16);
    const double p = i / 2000.0;
    CHECK(normal_quantile(p) == Approx(boost::math::quantile(normal, p)).epsilon(2e-15).margin(1e-16));
  }
  CHECK(scalar_exp(0.0) == 1.0);
  CHECK(scalar_log(1.0) == 0.0);
  CHECK(scalar_exp(-1000.0) == 0.0);
  CHECK(std::isinf(scalar_exp(1000.0)));
  CHECK(std::isnan(scalar_exp(std::nan(""))));
  CHECK(std::isinf(scalar_log(0.0)));
  CHECK(std::isnan(scalar_log(-1.0)));
  check_relative(normal_quantile(1e-300), boost::math::quantile(normal, 1e-300), 2e-15);
}
