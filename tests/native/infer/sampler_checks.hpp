// What the sampler tests share: targets with known moments, runs, and checks of draws.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "infer/diagnose.hpp"
#include "infer/nuts.hpp"

namespace dolab::infer::testing {

/// A target from a function of (u, gradient).
class FunctionTarget final : public Target {
 public:
  using Function = std::function<double(const double*, double*)>;
  FunctionTarget(std::int64_t dimension, Function function) : dimension_(dimension), function_(std::move(function)) {}
  std::int64_t dimension() const noexcept override { return dimension_; }
  double log_density_gradient(const double* u, double* gradient) noexcept override { return function_(u, gradient); }

 private:
  std::int64_t dimension_;
  Function function_;
};

/// Independent normals with the given standard deviations.
class NormalTarget final : public Target {
 public:
  explicit NormalTarget(std::vector<double> sd) : precision_(std::move(sd)) {
    for (double& v : precision_) v = 1 / (v * v);
  }
  std::int64_t dimension() const noexcept override { return static_cast<std::int64_t>(precision_.size()); }
  double log_density_gradient(const double* u, double* gradient) noexcept override {
    double sum = 0;
    for (std::size_t i = 0; i < precision_.size(); ++i) {
      gradient[i] = -precision_[i] * u[i];
      sum += 0.5 * u[i] * gradient[i];
    }
    return sum;
  }

 private:
  std::vector<double> precision_;
};

/// Non-centred eight schools in (z[8], mu, log tau): mu ~ N(0, 5), tau ~ half-Cauchy(5), y ~ N(mu + tau z, sigma).
class EightSchools final : public Target {
 public:
  std::int64_t dimension() const noexcept override { return 10; }
  double log_density_gradient(const double* u, double* gradient) noexcept override {
    static constexpr double kY[] = {28, 8, -3, 7, -1, 1, 18, 12}, kSigma[] = {15, 10, 16, 11, 9, 11, 10, 18};
    const double mu = u[8], tau = std::exp(u[9]), q = tau * tau / 25;
    double log_density = -0.5 * mu * mu / 25 - std::log1p(q) + u[9], sum = 0, slope = 0;
    for (int i = 0; i < 8; ++i) {
      const double error = kY[i] - mu - tau * u[i], score = error / (kSigma[i] * kSigma[i]);
      log_density -= 0.5 * (error * score + u[i] * u[i]);
      gradient[i] = tau * score - u[i];
      sum += score;
      slope += score * u[i];
    }
    gradient[8] = sum - mu / 25;
    gradient[9] = tau * slope - 2 * q / (1 + q) + 1;
    return log_density;
  }
};

struct Run {
  std::vector<ChainResult> chains;
  double seconds = 0.0;

  std::int64_t dimension() const { return chains.front().dimension; }
  std::int64_t kept() const { return chains.front().kept(); }
  /// f of every draw, chains x draws.
  std::vector<double> series(const std::function<double(const double*)>& f) const {
    std::vector<double> out;
    for (const ChainResult& chain : chains) {
      for (std::int64_t i = 0; i < chain.kept(); ++i) out.push_back(f(chain.draws.data() + i * chain.dimension));
    }
    return out;
  }
  std::vector<double> coordinate(std::int64_t k) const {
    return series([k](const double* u) { return u[k]; });
  }
  ChainView view(const std::vector<double>& values) const {
    return {values.data(), static_cast<std::int64_t>(chains.size()), kept()};
  }
  double leapfrogs_per_draw() const {
    double steps = 0;
    for (const ChainResult& chain : chains) steps += static_cast<double>(chain.sampling_steps);
    return steps / static_cast<double>(kept()) / static_cast<double>(chains.size());
  }
  std::int64_t divergences() const {
    std::int64_t out = 0;
    for (const ChainResult& chain : chains) out += chain.divergences;
    return out;
  }
};

using MakeTarget = std::function<std::unique_ptr<Target>()>;

inline Run sample(const NutsOptions& options, const MakeTarget& make, int threads = 1) {
  std::vector<std::unique_ptr<Target>> targets;
  for (std::int64_t c = 0; c < options.chains; ++c) targets.push_back(make());
  ThreadPool pool(threads);
  Progress progress;
  Run run;
  const double begin = now_seconds();
  run.chains = run_nuts(options, targets, pool, progress);
  run.seconds = now_seconds() - begin;
  return run;
}

/// Distance of the mean of f from its expectation in Monte-Carlo standard errors.
inline double mean_z(const Run& run, const std::function<double(const double*)>& f, double expected) {
  const auto values = run.series(f);
  double mean = 0;
  for (const double v : values) mean += v / static_cast<double>(values.size());
  return (mean - expected) / mcse_mean(run.view(values));
}

/// Kolmogorov-Smirnov statistic sqrt(n) D of every `thin`-th draw of a coordinate; above 1.95 in one of a thousand.
inline double kolmogorov(const Run& run, std::int64_t k, std::int64_t thin, const std::function<double(double)>& cdf) {
  const auto all = run.coordinate(k);
  std::vector<double> x;
  for (std::size_t i = 0; i < all.size(); i += static_cast<std::size_t>(thin)) x.push_back(all[i]);
  std::sort(x.begin(), x.end());
  const double n = static_cast<double>(x.size());
  double distance = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double p = cdf(x[i]), rank = static_cast<double>(i);
    distance = std::max({distance, p - rank / n, (rank + 1) / n - p});
  }
  return std::sqrt(n) * distance;
}

inline double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

/// Stein's identities E[g_i] = 0 and E[(u_i - mean) g_j] = -delta_ij: the largest |z| over all pairs. Finds wrong
/// gradients, Jacobians and missing terms, which leave the sampler valid but slow.
inline double largest_stein_z(const Run& run, Target& target) {
  const std::int64_t n = run.dimension();
  std::vector<double> gradient(static_cast<std::size_t>(n)), mean(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < n; ++i) {
    const auto values = run.coordinate(i);
    for (const double v : values) mean[static_cast<std::size_t>(i)] += v / static_cast<double>(values.size());
  }
  double largest = 0;
  for (std::int64_t j = 0; j < n; ++j) {
    const auto score = [&](const double* u) {
      target.log_density_gradient(u, gradient.data());
      return gradient[static_cast<std::size_t>(j)];
    };
    largest = std::max(largest, std::fabs(mean_z(run, score, 0.0)));
    for (std::int64_t i = 0; i < n; ++i) {
      const auto pair = [&](const double* u) { return (u[i] - mean[static_cast<std::size_t>(i)]) * score(u); };
      largest = std::max(largest, std::fabs(mean_z(run, pair, i == j ? -1.0 : 0.0)));
    }
  }
  return largest;
}

}  // namespace dolab::infer::testing
