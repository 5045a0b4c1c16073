// What a sampler sees of a model: a log density on R^n with its gradient.
#pragma once

#include <cstdint>

namespace dolab::infer {

/// Log density on R^n (Jacobians of the bijections included) with gradient. One instance per chain: an instance
/// owns its scratch memory and is used by one thread at a time. No call allocates.
class Target {
 public:
  virtual ~Target() = default;

  virtual std::int64_t dimension() const noexcept = 0;

  /// Log density at u[dimension()], gradient written to gradient[dimension()]. The two never overlap. A value or an
  /// entry that is not finite marks a point outside the support; samplers treat it as log density minus infinity.
  virtual double log_density_gradient(const double* u, double* gradient) noexcept = 0;
};

}  // namespace dolab::infer
