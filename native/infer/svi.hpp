// Stochastic variational inference: Adam and friends on the evidence lower bound of a model and a guide.
// Source: Kucukelbir et al. (2017), "Automatic differentiation variational inference"; engine page, section 3.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.hpp"
#include "base/thread_pool.hpp"
#include "infer/guides/guide.hpp"
#include "infer/initialize.hpp"
#include "infer/optimize.hpp"
#include "infer/posterior.hpp"
#include "infer/state_stream.hpp"

namespace dolab::infer {

struct SviOptions {
  std::string guide = "AutoNormal";
  GuideOptions guide_options;
  std::int64_t particles = 1;  // draws per step, evaluated together
  OptimizerOptions optimizer;
  std::optional<InitOptions> init;  // default: the guide's own strategy
  bool stable_update = false;       // skip steps whose loss or gradient is not finite
  std::uint64_t seed = 0;
  tensor::CompileOptions compile;
  /// Data arrays of the arguments that a run may replace by others of their shapes (minibatches).
  std::vector<Array> streamed;
};

/// Everything needed to go on.
struct SviState {
  std::vector<double> parameters;  // unconstrained, layout of Guide::parameters
  OptimizerState optimizer;        // optimizer.step counts the steps done
  std::vector<double> losses;      // -ELBO, one per step since the start

  void pass(StateStream& stream);
};

struct SviReport {
  bool complete = false;  // false: cancelled, paused, or stopped by a loss that is not finite
  double seconds = 0.0;
  double final_loss = 0.0;       // mean of the last tenth
  double relative_change = 0.0;  // between the medians of the last two windows of 100 steps, by the range covered
  std::vector<Warning> warnings;
};

/// How well the guide fits.
struct SviQuality {
  double elbo = 0.0, elbo_se = 0.0;  // over all rows
  double pareto_k = 0.0;             // of the weights p/q; NaN for a guide that is a point
  std::vector<Warning> warnings;     // W506 above 0.7
};

/// One model, one guide. Steps depend on the options and the step number alone: not on threads, nor on how a run was
/// cut.
class Svi {
 public:
  /// Traces the model twice if it has subsampled plates: with them for the steps, over all rows for the results.
  Svi(const model::ModelFunction& model, const model::Arguments& arguments, const model::TraceOptions& trace,
      const SviOptions& options);

  const model::Density& density() const noexcept { return *density_; }
  /// The density over all rows.
  const model::Density& full_density() const noexcept { return *full_density_; }
  const Guide& guide() const noexcept { return *guide_; }

  /// A start whose first step has a finite loss and gradient; throws E504 after 100 proposals.
  SviState initial_state() const;
  /// Goes on for `steps` steps, or until `progress` pauses or is cancelled. W505 if the loss becomes NaN; the state
  /// before that step is kept. `data` stand for options.streamed, in order; empty: those themselves.
  SviReport run(SviState& state, std::int64_t steps, ThreadPool& pool, Progress& progress,
                const std::vector<Array>& data = {}) const;

  /// Draws of the guide (all rows), deterministic sites included; PosteriorOptions::seed is not used.
  Posterior sample(const SviState& state, std::int64_t draws, const PosteriorOptions& options, ThreadPool& pool) const;
  /// Sites at the given marginal quantile in unconstrained space; 0.5: the median. One draw.
  Posterior quantile(const SviState& state, double probability, ThreadPool& pool) const;
  SviQuality quality(const SviState& state, std::int64_t draws, ThreadPool& pool) const;

 private:
  std::vector<tensor::Tensor> constant_parameters(const SviState& state) const;
  tensor::Tensor elbo(const model::Density& density, const std::vector<tensor::Tensor>& parameters) const;
  class Stepper;

  SviOptions options_;
  std::unique_ptr<model::Density> density_, full_density_owner_;
  const model::Density* full_density_ = nullptr;
  GuidePtr guide_;
  std::shared_ptr<const tensor::Program> step_;
};

}  // namespace dolab::infer
