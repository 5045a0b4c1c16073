#include "infer/maximize.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "dolab/error.hpp"

namespace dolab::infer {

namespace {

constexpr double kDecrease = 1e-4, kCurvature = 0.9, kLongestStep = 1e10;
constexpr int kTrials = 40;

using Vector = std::vector<double>;

double product(const Vector& a, const Vector& b) noexcept {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

/// A point with loss = -log density and its gradient.
struct Point {
  Vector u, gradient;
  double loss = 0.0;
};

/// Loss along a ray from a base point.
class Ray {
 public:
  Ray(Target& target, std::int64_t& evaluations) : target_(target), evaluations_(evaluations) {}

  void evaluate(Point& point) {
    point.gradient.resize(point.u.size());
    const double value = target_.log_density_gradient(point.u.data(), point.gradient.data());
    ++evaluations_;
    for (double& g : point.gradient) g = -g;
    const bool finite = std::isfinite(value) && std::all_of(point.gradient.begin(), point.gradient.end(),
                                                            [](double g) { return std::isfinite(g); });
    point.loss = finite ? -value : std::numeric_limits<double>::infinity();
  }

  /// Strong Wolfe conditions along `direction` from `base`; the point found is written to `out`. False if no trial
  /// decreases the loss.
  bool search(const Point& base, const Vector& direction, double first_step, Point& out) {
    const double slope = product(base.gradient, direction);
    Trial low{0.0, base.loss, slope}, high{0.0, 0.0, 0.0};
    bool bracketed = false;
    double step = first_step;
    for (int trial = 0; trial < kTrials; ++trial) {
      out.u = base.u;
      for (std::size_t i = 0; i < out.u.size(); ++i) out.u[i] += step * direction[i];
      evaluate(out);
      const Trial now{step, out.loss, std::isfinite(out.loss) ? product(out.gradient, direction) : 0.0};
      const bool too_far =
          !(now.loss <= base.loss + kDecrease * step * slope) || (low.step > 0 && now.loss >= low.loss);
      if (!too_far && std::fabs(now.slope) <= -kCurvature * slope) return true;
      if (too_far) {
        high = now;
        bracketed = true;
      } else {
        if (now.slope * (bracketed ? high.step - low.step : 1.0) >= 0) {
          high = low;
          bracketed = true;
        }
        low = now;
      }
      if (!bracketed && step >= kLongestStep) break;
      step = bracketed ? inside(low, high) : 2 * step;
      if (bracketed && std::fabs(high.step - low.step) <= 1e-16 * std::max(1.0, low.step)) break;
    }
    return settle(base, direction, low, out);
  }

 private:
  struct Trial {
    double step, loss, slope;
  };

  /// Minimum of the parabola through the low end's value and slope and the high end's value, kept off the ends.
  static double inside(const Trial& low, const Trial& high) {
    const double width = high.step - low.step;
    const double curvature = 2 * (high.loss - low.loss - low.slope * width);
    double share = std::isfinite(curvature) && curvature > 0 ? -low.slope * width / curvature : 0.5;
    share = std::min(std::max(share, 0.1), 0.9);
    return low.step + share * width;
  }

  /// The best trial that decreased the loss, where rounding hides the rest.
  bool settle(const Point& base, const Vector& direction, const Trial& low, Point& out) {
    if (!(low.step > 0 && low.loss < base.loss)) return false;
    out.u = base.u;
    for (std::size_t i = 0; i < out.u.size(); ++i) out.u[i] += low.step * direction[i];
    evaluate(out);
    return true;
  }

  Target& target_;
  std::int64_t& evaluations_;
};

/// Inverse Hessian from the last steps and changes of the gradient.
class History {
 public:
  explicit History(int length) : length_(static_cast<std::size_t>(std::max(length, 1))) {}

  void add(Vector step, Vector change) {
    const double curvature = product(step, change);
    if (!(curvature > 1e-12 * product(change, change))) return;
    if (pairs_.size() == length_) pairs_.erase(pairs_.begin());
    pairs_.push_back({std::move(step), std::move(change), 1 / curvature});
  }

  bool empty() const noexcept { return pairs_.empty(); }
  void clear() noexcept { pairs_.clear(); }

  /// Minus inverse Hessian times gradient, by the two-loop recursion.
  Vector direction(const Vector& gradient) const {
    Vector out = gradient;
    Vector weights(pairs_.size());
    for (std::size_t k = pairs_.size(); k-- > 0;) {
      weights[k] = pairs_[k].inverse_curvature * product(pairs_[k].step, out);
      for (std::size_t i = 0; i < out.size(); ++i) out[i] -= weights[k] * pairs_[k].change[i];
    }
    if (!pairs_.empty()) {
      const Pair& last = pairs_.back();
      const double scale = 1 / (last.inverse_curvature * product(last.change, last.change));
      for (double& v : out) v *= scale;
    }
    for (std::size_t k = 0; k < pairs_.size(); ++k) {
      const double correction = weights[k] - pairs_[k].inverse_curvature * product(pairs_[k].change, out);
      for (std::size_t i = 0; i < out.size(); ++i) out[i] += correction * pairs_[k].step[i];
    }
    for (double& v : out) v = -v;
    return out;
  }

 private:
  struct Pair {
    Vector step, change;
    double inverse_curvature;
  };
  std::size_t length_;
  std::vector<Pair> pairs_;
};

double largest(const Vector& x) noexcept {
  double out = 0;
  for (const double v : x) out = std::max(out, std::fabs(v));
  return out;
}

Vector difference(const Vector& a, const Vector& b) {
  Vector out = a;
  for (std::size_t i = 0; i < out.size(); ++i) out[i] -= b[i];
  return out;
}

}  // namespace

MaximizeResult maximize(Target& target, const double* start, const MaximizeOptions& options, const Progress& progress) {
  MaximizeResult result;
  Ray ray(target, result.evaluations);
  Point here, next;
  here.u.assign(start, start + target.dimension());
  ray.evaluate(here);
  if (!std::isfinite(here.loss)) throw Error("E504", "log density or gradient is not finite at the starting point");
  History history(options.history);
  while (result.iterations < options.iterations && !progress.cancelled()) {
    const double magnitude = std::max(1.0, std::fabs(here.loss));
    result.converged = largest(here.gradient) <= options.gradient_tolerance * magnitude;
    if (result.converged) break;
    Vector direction = history.direction(here.gradient);
    if (!(product(direction, here.gradient) < 0)) {  // rounding spoiled the model: start afresh
      history.clear();
      direction = history.direction(here.gradient);
    }
    const double first_step = history.empty() ? std::min(1.0, 1 / largest(here.gradient)) : 1.0;
    if (!ray.search(here, direction, first_step, next)) {
      if (history.empty()) break;
      history.clear();
      continue;
    }
    ++result.iterations;
    const double gain = here.loss - next.loss;
    history.add(difference(next.u, here.u), difference(next.gradient, here.gradient));
    std::swap(here, next);
    result.converged = gain <= options.relative_tolerance * magnitude;
    if (result.converged) break;
  }
  result.point = here.u;
  result.gradient = here.gradient;
  for (double& g : result.gradient) g = -g;
  result.log_density = -here.loss;
  return result;
}

}  // namespace dolab::infer
