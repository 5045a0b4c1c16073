#include "infer/optimize.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "dolab/error.hpp"

namespace dolab::infer {

double Schedule::at(std::int64_t i) const noexcept {
  const double ratio = static_cast<double>(i) / steps;
  switch (kind) {
    case Kind::constant:
      return initial;
    case Kind::exponential:
      return initial * std::pow(rate, staircase ? std::floor(ratio) : ratio);
    case Kind::inverse_time:
      return initial / (1 + rate * (staircase ? std::floor(ratio) : ratio));
    case Kind::cosine:
      return initial * ((1 - alpha) * 0.5 * (1 + std::cos(3.14159265358979323846 * std::min(ratio, 1.0))) + alpha);
    case Kind::linear:
      return initial + (last - initial) * std::min(ratio, 1.0);
  }
  return initial;
}

OptimizerKind optimizer_kind(const std::string& name) {
  static constexpr std::pair<const char*, OptimizerKind> kNames[] = {
      {"Adam", OptimizerKind::adam},
      {"adam", OptimizerKind::adam},
      {"ClippedAdam", OptimizerKind::clipped_adam},
      {"adamw", OptimizerKind::adamw},
      {"SGD", OptimizerKind::sgd},
      {"sgd", OptimizerKind::sgd},
      {"Momentum", OptimizerKind::momentum},
      {"RMSProp", OptimizerKind::rmsprop},
      {"RMSPropMomentum", OptimizerKind::rmsprop_momentum},
      {"Adagrad", OptimizerKind::adagrad},
  };
  for (const auto& [known, kind] : kNames) {
    if (name == known) return kind;
  }
  throw Error("E1103", "unknown optimizer '" + name + "'",
              "use Adam, ClippedAdam, SGD, Momentum, RMSProp, RMSPropMomentum or Adagrad");
}

Optimizer::Optimizer(const OptimizerOptions& options, std::int64_t dimension) : options_(options) {
  const auto size = static_cast<std::size_t>(dimension);
  state_.first.assign(size, 0.0);
  state_.second.assign(size, 0.0);
}

void Optimizer::restore(OptimizerState state) {
  if (state.first.size() != state_.first.size() || state.second.size() != state_.second.size()) {
    throw Error("E1103", "the stored optimizer state has another number of parameters");
  }
  state_ = std::move(state);
}

/// m = (1-b1) g + b1 m, v = (1-b2) g^2 + b2 v, x -= lr (m / (1-b1^(i+1)) / (sqrt(v / (1-b2^(i+1))) + eps) + decay x).
void Optimizer::adam(double* x, const double* gradient, double step_size) noexcept {
  const double power = static_cast<double>(state_.step + 1);
  const double first_scale = 1 / (1 - std::pow(options_.b1, power));
  const double second_scale = 1 / (1 - std::pow(options_.b2, power));
  const double b1 = options_.b1, b2 = options_.b2, eps = options_.eps;
  const double bound =
      options_.kind == OptimizerKind::clipped_adam ? options_.clip_norm : std::numeric_limits<double>::infinity();
  const double decay = options_.kind == OptimizerKind::adamw ? options_.weight_decay : 0.0;
  double* m = state_.first.data();
  double* v = state_.second.data();
  for (std::size_t i = 0; i < state_.first.size(); ++i) {
    const double g = std::min(std::max(gradient[i], -bound), bound);
    m[i] = (1 - b1) * g + b1 * m[i];
    v[i] = (1 - b2) * g * g + b2 * v[i];
    x[i] -= step_size * (m[i] * first_scale / (std::sqrt(v[i] * second_scale) + eps) + decay * x[i]);
  }
}

void Optimizer::update(double* x, const double* gradient) noexcept {
  const double step_size = options_.step_size.at(state_.step);
  const OptimizerOptions& o = options_;
  double* m = state_.first.data();
  double* v = state_.second.data();
  const std::size_t n = state_.first.size();
  switch (o.kind) {
    case OptimizerKind::adam:
    case OptimizerKind::clipped_adam:
    case OptimizerKind::adamw:
      adam(x, gradient, step_size);
      break;
    case OptimizerKind::sgd:
      for (std::size_t i = 0; i < n; ++i) x[i] -= step_size * gradient[i];
      break;
    case OptimizerKind::momentum:
      for (std::size_t i = 0; i < n; ++i) {
        m[i] = o.mass * m[i] + gradient[i];
        x[i] -= step_size * m[i];
      }
      break;
    case OptimizerKind::rmsprop:
      for (std::size_t i = 0; i < n; ++i) {
        v[i] = o.gamma * v[i] + (1 - o.gamma) * gradient[i] * gradient[i];
        x[i] -= step_size * gradient[i] / std::sqrt(v[i] + o.eps);
      }
      break;
    case OptimizerKind::rmsprop_momentum:
      for (std::size_t i = 0; i < n; ++i) {
        v[i] = o.gamma * v[i] + (1 - o.gamma) * gradient[i] * gradient[i];
        m[i] = o.momentum * m[i] + step_size * gradient[i] / std::sqrt(v[i] + o.eps);
        x[i] -= m[i];
      }
      break;
    case OptimizerKind::adagrad:
      for (std::size_t i = 0; i < n; ++i) {
        v[i] += gradient[i] * gradient[i];
        const double scaled = v[i] > 0 ? gradient[i] / std::sqrt(v[i]) : 0.0;
        m[i] = (1 - o.momentum) * scaled + o.momentum * m[i];
        x[i] -= step_size * m[i];
      }
      break;
  }
  ++state_.step;
}

}  // namespace dolab::infer
