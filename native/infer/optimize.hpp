// First-order optimisers with the update rules of numpyro.optim and optax, and step size schedules.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dolab::infer {

/// Step size as a function of the step number i, from 0.
struct Schedule {
  enum class Kind {
    constant,
    exponential,   // initial * rate^(i / steps), floored exponent if staircase
    inverse_time,  // initial / (1 + rate * i / steps), floored ratio if staircase
    cosine,        // initial * ((1 - alpha) * (1 + cos(pi min(i, steps) / steps)) / 2 + alpha)
    linear,        // from initial to last over `steps`
  };
  Kind kind = Kind::constant;
  double initial = 1e-3;
  double steps = 1.0;
  double rate = 1.0;
  double alpha = 0.0;
  double last = 0.0;
  bool staircase = false;

  double at(std::int64_t i) const noexcept;
};

enum class OptimizerKind { adam, clipped_adam, adamw, sgd, momentum, rmsprop, rmsprop_momentum, adagrad };

/// Kind of a numpyro name (Adam, ClippedAdam, SGD, Momentum, RMSProp, RMSPropMomentum, Adagrad) or optax name (adam,
/// adamw, sgd). Error E1103 for any other name.
OptimizerKind optimizer_kind(const std::string& name);

struct OptimizerOptions {
  OptimizerKind kind = OptimizerKind::adam;
  Schedule step_size;
  double b1 = 0.9, b2 = 0.999;  // Adam family
  double eps = 1e-8;            // Adam family, RMSProp
  double clip_norm = 10.0;      // ClippedAdam: bound of each gradient entry
  double weight_decay = 1e-4;   // AdamW
  double mass = 0.9;            // Momentum
  double gamma = 0.9;           // RMSProp
  double momentum = 0.9;        // Adagrad, RMSPropMomentum
};

/// What an optimiser remembers; stored to continue a run exactly.
struct OptimizerState {
  std::int64_t step = 0;
  std::vector<double> first, second;  // running means of g and g^2, or what the rule keeps instead
};

/// Descends in place: x[n] moves against the gradient g[n] of the loss. Deterministic; no allocation in update.
class Optimizer {
 public:
  Optimizer(const OptimizerOptions& options, std::int64_t dimension);

  void update(double* x, const double* gradient) noexcept;

  const OptimizerState& state() const noexcept { return state_; }
  /// Continues from a stored state of the same kind and dimension; Error E1103 if the sizes differ.
  void restore(OptimizerState state);

 private:
  void adam(double* x, const double* gradient, double step_size) noexcept;

  OptimizerOptions options_;
  OptimizerState state_;
};

}  // namespace dolab::infer
