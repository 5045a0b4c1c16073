// Mode of a log density by limited-memory BFGS (Nocedal and Wright 2006, algorithms 3.5, 3.6 and 7.5).
#pragma once

#include <cstdint>
#include <vector>

#include "base/progress.hpp"
#include "infer/target.hpp"

namespace dolab::infer {

struct MaximizeOptions {
  std::int64_t iterations = 1000;
  int history = 6;
  double gradient_tolerance = 1e-8;   // on the largest entry, relative to max(1, |log density|)
  double relative_tolerance = 1e-13;  // stops when one iteration gains less than this share of max(1, |log density|)
};

struct MaximizeResult {
  std::vector<double> point, gradient;
  double log_density = 0.0;
  std::int64_t iterations = 0, evaluations = 0;
  bool converged = false;  // a tolerance was met
};

/// Climbs from start[dimension], where log density and gradient must be finite (Error E504 otherwise). Points where the
/// density is not finite count as too far. Ends early when `progress` is cancelled.
MaximizeResult maximize(Target& target, const double* start, const MaximizeOptions& options, const Progress& progress);

}  // namespace dolab::infer
