#include "infer/adapt.hpp"

#include <algorithm>
#include <cmath>

#include "infer/scalar_math.hpp"

namespace dolab::infer {

namespace {

constexpr double kGamma = 0.05, kOffset = 10.0;
constexpr double kLogLargestStep = 1.1447298858494002;  // log pi: longer steps cannot be stable in whitened units
constexpr double kSmallestVariance = 1e-20, kLargestVariance = 1e20;

double clamp_variance(double v) noexcept {
  return std::isfinite(v) && v > 0 ? std::min(std::max(v, kSmallestVariance), kLargestVariance) : 1.0;
}

}  // namespace

void DualAveraging::restart(double step_size) noexcept {
  log_step_ = log_average_ = scalar_log(step_size);
  centre_ = scalar_log(10 * step_size);
  error_ = count_ = 0.0;
}

void DualAveraging::update(double acceptance) noexcept {
  count_ += 1;
  const double weight = 1 / (count_ + kOffset);
  const double root = std::sqrt(count_);
  error_ = (1 - weight) * error_ + weight * (target_ - acceptance);
  log_step_ = std::min(centre_ - root / kGamma * error_, kLogLargestStep);
  const double eta = 1 / (root * std::sqrt(root));  // count^-0.75
  log_average_ = eta * log_step_ + (1 - eta) * log_average_;
}

double DualAveraging::current() const noexcept { return scalar_exp(log_step_); }
double DualAveraging::averaged() const noexcept { return scalar_exp(log_average_); }

void DualAveraging::pass(StateStream& stream) {
  for (double* value : {&target_, &centre_, &log_step_, &log_average_, &error_, &count_}) stream.number(*value);
}

void RunningVariance::add(const double* x) noexcept {
  const double weight = 1.0 / static_cast<double>(++count_);
  for (std::size_t i = 0; i < mean_.size(); ++i) {
    const double before = x[i] - mean_[i];
    mean_[i] += before * weight;
    squares_[i] += before * (x[i] - mean_[i]);
  }
}

void RunningVariance::clear() noexcept {
  count_ = 0;
  std::fill(mean_.begin(), mean_.end(), 0.0);
  std::fill(squares_.begin(), squares_.end(), 0.0);
}

void RunningVariance::pass(StateStream& stream) {
  stream.number(count_);
  stream.block(mean_.data(), mean_.size());
  stream.block(squares_.data(), squares_.size());
}

RunningCovariance::RunningCovariance(std::int64_t dimension)
    : dimension_(dimension),
      mean_(static_cast<std::size_t>(dimension)),
      before_(static_cast<std::size_t>(dimension)),
      squares_(static_cast<std::size_t>(dimension * dimension)) {}

void RunningCovariance::add(const double* x) noexcept {
  const double weight = 1.0 / static_cast<double>(++count_);
  const auto n = static_cast<std::size_t>(dimension_);
  for (std::size_t i = 0; i < n; ++i) {
    before_[i] = x[i] - mean_[i];
    mean_[i] += before_[i] * weight;
  }
  for (std::size_t i = 0; i < n; ++i) {
    const double after = x[i] - mean_[i];
    double* row = squares_.data() + i * n;
    for (std::size_t j = 0; j <= i; ++j) row[j] += after * before_[j];
  }
}

void RunningCovariance::clear() noexcept {
  count_ = 0;
  std::fill(mean_.begin(), mean_.end(), 0.0);
  std::fill(squares_.begin(), squares_.end(), 0.0);
}

void RunningCovariance::pass(StateStream& stream) {
  stream.number(count_);
  stream.block(mean_.data(), mean_.size());
  stream.block(squares_.data(), squares_.size());
}

double RunningCovariance::covariance(std::int64_t i, std::int64_t j) const noexcept {
  if (count_ < 2) return 0.0;
  const auto at = static_cast<std::size_t>(std::max(i, j) * dimension_ + std::min(i, j));
  return squares_[at] / static_cast<double>(count_ - 1);
}

std::vector<std::int64_t> window_boundaries(std::int64_t warmup) {
  if (warmup < 20) return {};
  std::int64_t first = 75, last = 50, base = 25;
  if (warmup < first + last + base) {
    first = static_cast<std::int64_t>(0.15 * static_cast<double>(warmup));
    last = static_cast<std::int64_t>(0.1 * static_cast<double>(warmup));
    base = warmup - first - last;
  }
  std::vector<std::int64_t> out{first};
  const std::int64_t stop = warmup - last;
  for (std::int64_t size = base, at = first; at < stop; size *= 2) {
    // Too little would remain for the next window, which is twice as long: this one takes all.
    at = stop - at < 3 * size ? stop : at + size;
    out.push_back(at);
  }
  return out;
}

namespace {

/// Diagonal metric sqrt(Var[q] / Var[g]): for a normal posterior the score has the inverse variance of the position.
/// Two estimators run: the foreground serves, the background collects its successor.
class GradientAdaptation final : public MetricAdaptation {
 public:
  GradientAdaptation(std::int64_t dimension, std::int64_t warmup)
      : dimension_(dimension),
        early_end_(static_cast<std::int64_t>(0.3 * static_cast<double>(warmup))),
        metric_end_(warmup - static_cast<std::int64_t>(0.15 * static_cast<double>(warmup))),
        foreground_(dimension),
        background_(dimension),
        variances_(static_cast<std::size_t>(dimension)) {}

  // The identity: far from the bulk, where chains start, 1 / |gradient| mostly tells of one steep coordinate and
  // holds the others fast, so that chains settle in side modes. Three draws later the metric is estimated anyway.
  void start(const double*, const double*, Metric&) override {}

  StepAction update(const WarmupDraw& draw, Metric& metric) override {
    const std::int64_t distance = std::abs(draw.index_in_trajectory);
    if (draw.diverging ? distance > 4 : distance != 0) {
      foreground_.add(draw);
      background_.add(draw);
    }
    if (draw.iteration >= metric_end_) return StepAction::keep_averaging;
    switch_windows(draw.iteration);
    if (foreground_.positions.count() < 3) return StepAction::keep_averaging;
    for (std::int64_t i = 0; i < dimension_; ++i) {
      const double ratio = foreground_.positions.variance(i) / foreground_.gradients.variance(i);
      variances_[static_cast<std::size_t>(i)] = clamp_variance(std::sqrt(ratio));
    }
    metric.set_variances(variances_.data());
    const bool first = !refreshed_;
    refreshed_ = true;
    return first ? StepAction::search_again : StepAction::keep_averaging;
  }

  bool symmetric_acceptance(std::int64_t iteration) const noexcept override { return iteration >= metric_end_; }
  bool settled(std::int64_t iteration) const noexcept override { return iteration >= metric_end_; }

  void pass(StateStream& stream) override {
    stream.number(main_window_);
    stream.number(refreshed_);
    for (Estimator* estimator : {&foreground_, &background_}) {
      estimator->positions.pass(stream);
      estimator->gradients.pass(stream);
    }
  }

 private:
  struct Estimator {
    explicit Estimator(std::int64_t dimension) : positions(dimension), gradients(dimension) {}
    void add(const WarmupDraw& draw) noexcept {
      positions.add(draw.position);
      gradients.add(draw.gradient);
    }
    RunningVariance positions, gradients;
  };

  void switch_windows(std::int64_t iteration) {
    const bool early = iteration < early_end_;
    const std::int64_t collected = background_.positions.count();
    const double window = early ? 10.0 : main_window_;
    const bool next_fits = static_cast<double>(iteration) + window <= static_cast<double>(metric_end_);
    if (static_cast<double>(collected) < window || !next_fits) return;
    std::swap(foreground_, background_);
    background_.positions.clear();
    background_.gradients.clear();
    if (!early) main_window_ *= 1.5;
  }

  std::int64_t dimension_, early_end_, metric_end_;
  double main_window_ = 80.0;
  bool refreshed_ = false;
  Estimator foreground_, background_;
  std::vector<double> variances_;
};

/// Variances, or the full covariance, of the draws of each window, shrunk towards 1e-3.
class WindowAdaptation final : public MetricAdaptation {
 public:
  WindowAdaptation(std::int64_t dimension, std::int64_t warmup, bool dense)
      : dimension_(dimension),
        dense_(dense),
        boundaries_(window_boundaries(warmup)),
        variance_(dense ? 0 : dimension),
        covariance_(dense ? dimension : 0) {}

  void start(const double*, const double*, Metric&) override {}  // the identity

  StepAction update(const WarmupDraw& draw, Metric& metric) override {
    if (boundaries_.empty() || draw.iteration < boundaries_.front() || draw.iteration >= boundaries_.back()) {
      return StepAction::keep_averaging;
    }
    if (dense_) {
      covariance_.add(draw.position);
    } else {
      variance_.add(draw.position);
    }
    if (!std::binary_search(boundaries_.begin(), boundaries_.end(), draw.iteration + 1)) {
      return StepAction::keep_averaging;
    }
    if (dense_) {
      set_covariance(metric);
    } else {
      set_variances(metric);
    }
    return StepAction::search_again;
  }

  bool symmetric_acceptance(std::int64_t) const noexcept override { return false; }
  bool settled(std::int64_t iteration) const noexcept override {
    return !boundaries_.empty() && iteration >= boundaries_.back();
  }

  void pass(StateStream& stream) override {
    variance_.pass(stream);
    covariance_.pass(stream);
  }

 private:
  void set_variances(Metric& metric) {
    const double n = static_cast<double>(variance_.count());
    std::vector<double> out(static_cast<std::size_t>(dimension_));
    for (std::int64_t i = 0; i < dimension_; ++i) {
      out[static_cast<std::size_t>(i)] = clamp_variance(n / (n + 5) * variance_.variance(i) + 1e-3 * 5 / (n + 5));
    }
    metric.set_variances(out.data());
    variance_.clear();
  }

  void set_covariance(Metric& metric) {
    const double n = static_cast<double>(covariance_.count());
    std::vector<double> out(static_cast<std::size_t>(dimension_ * dimension_));
    for (std::int64_t i = 0; i < dimension_; ++i) {
      for (std::int64_t j = 0; j < dimension_; ++j) {
        const double shrunk = n / (n + 5) * covariance_.covariance(i, j) + (i == j ? 1e-3 * 5 / (n + 5) : 0.0);
        out[static_cast<std::size_t>(i * dimension_ + j)] = shrunk;
      }
    }
    metric.set_covariance(out.data());  // keeps the old metric if rounding made the estimate indefinite
    covariance_.clear();
  }

  std::int64_t dimension_;
  bool dense_;
  std::vector<std::int64_t> boundaries_;
  RunningVariance variance_;
  RunningCovariance covariance_;
};

}  // namespace

bool known_metric(const std::string& name) noexcept { return name == "gradient" || name == "diag" || name == "dense"; }

std::unique_ptr<MetricAdaptation> make_metric_adaptation(const std::string& name, std::int64_t dimension,
                                                         std::int64_t warmup) {
  if (name == "gradient") return std::make_unique<GradientAdaptation>(dimension, warmup);
  return std::make_unique<WindowAdaptation>(dimension, warmup, name == "dense");
}

}  // namespace dolab::infer
