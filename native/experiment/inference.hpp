// The inference of a fit, cut anywhere.
#pragma once

#include <memory>
#include <vector>

#include "experiment/fit.hpp"

namespace dolab::experiment {

class InferenceRun {
 public:
  virtual ~InferenceRun() = default;

  /// Goes on until the inference is complete, or `workers.progress` pauses or is cancelled; true if it is complete.
  virtual bool go_on(const Workers& workers) = 0;
  /// Puts posterior and diagnostics of what there is into the run. Throws Cancelled if that is nothing.
  virtual void finish(const Workers& workers) = 0;

  /// Draws or steps so far.
  virtual std::int64_t done() const = 0;
  /// The state, in parts that are saved and loaded one by one. `load` throws E1007.
  virtual std::int64_t parts() const = 0;
  virtual std::vector<double> save(std::int64_t part) = 0;
  virtual void load(std::int64_t part, std::vector<double> numbers) = 0;
};

/// Each traces and compiles the model of `run`, which outlives it, and throws what is wrong with it.
std::unique_ptr<InferenceRun> prepare_guide(FitRun& run, const Workers& workers);
std::unique_ptr<InferenceRun> prepare_chains(FitRun& run, const Workers& workers);

}  // namespace dolab::experiment
