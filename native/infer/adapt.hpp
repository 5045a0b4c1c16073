// Warm-up: step size by dual averaging (Nesterov 2009; Hoffman and Gelman 2014), metric from draws and gradients
// (scheme of nutpie; Seyboldt et al. 2026, arXiv 2603.18845) or from draws in growing windows (Stan).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "infer/hamiltonian.hpp"
#include "infer/state_stream.hpp"

namespace dolab::infer {

/// Step size whose acceptance statistic approaches the target.
class DualAveraging {
 public:
  explicit DualAveraging(double target) : target_(target) {}

  /// Forgets the past; steps are drawn towards ten times `step_size`.
  void restart(double step_size) noexcept;
  void update(double acceptance) noexcept;
  /// Another target, from here on; the average starts anew at `step_size`.
  void aim(double target, double step_size) noexcept {
    target_ = target;
    restart(step_size);
  }

  double current() const noexcept;   // for the next warm-up draw
  double averaged() const noexcept;  // for sampling
  void pass(StateStream& stream);

 private:
  double target_;
  double centre_ = 0.0, log_step_ = 0.0, log_average_ = 0.0, error_ = 0.0, count_ = 0.0;
};

/// Running means and variances of n numbers (Welford).
class RunningVariance {
 public:
  explicit RunningVariance(std::int64_t dimension)
      : mean_(static_cast<std::size_t>(dimension)), squares_(static_cast<std::size_t>(dimension)) {}
  void add(const double* x) noexcept;
  void clear() noexcept;
  void pass(StateStream& stream);
  std::int64_t count() const noexcept { return count_; }
  /// Divided by count - 1; 0 before the second value.
  double variance(std::int64_t i) const noexcept {
    return count_ > 1 ? squares_[static_cast<std::size_t>(i)] / static_cast<double>(count_ - 1) : 0.0;
  }

 private:
  std::int64_t count_ = 0;
  std::vector<double> mean_, squares_;
};

/// Running covariance of n numbers, n x n.
class RunningCovariance {
 public:
  explicit RunningCovariance(std::int64_t dimension);
  void add(const double* x) noexcept;
  void clear() noexcept;
  void pass(StateStream& stream);
  std::int64_t count() const noexcept { return count_; }
  double covariance(std::int64_t i, std::int64_t j) const noexcept;

 private:
  std::int64_t dimension_, count_ = 0;
  std::vector<double> mean_, before_, squares_;
};

/// One warm-up draw as the metric sees it.
struct WarmupDraw {
  std::int64_t iteration = 0;  // from 0
  const double* position = nullptr;
  const double* gradient = nullptr;
  std::int64_t index_in_trajectory = 0;
  bool diverging = false;
};

/// What the chain has to do with its step size after a warm-up draw.
enum class StepAction { keep_averaging, search_again };

/// A scheme that changes the metric during warm-up.
class MetricAdaptation {
 public:
  virtual ~MetricAdaptation() = default;
  /// Metric before the first draw.
  virtual void start(const double* position, const double* gradient, Metric& metric) = 0;
  virtual StepAction update(const WarmupDraw& draw, Metric& metric) = 0;
  /// True in the phase that only tunes the step size, where the less skewed acceptance statistic serves better.
  virtual bool symmetric_acceptance(std::int64_t iteration) const noexcept = 0;
  /// True once the metric does not change any more and only the step size is tuned.
  virtual bool settled(std::int64_t iteration) const noexcept = 0;
  virtual void pass(StateStream& stream) = 0;
};

/// True for "gradient", "diag" and "dense".
bool known_metric(const std::string& name) noexcept;

/// Adaptation of a known metric for `warmup` draws in `dimension` coordinates.
std::unique_ptr<MetricAdaptation> make_metric_adaptation(const std::string& name, std::int64_t dimension,
                                                         std::int64_t warmup);

/// Ends (exclusive) of the windows that estimate the covariance, as Stan places them: 75 | 25 50 100 ... | 50, in
/// proportion 15% | 75% | 10% below 150 draws, none below 20. The first element is the start of the first window.
std::vector<std::int64_t> window_boundaries(std::int64_t warmup);

}  // namespace dolab::infer
