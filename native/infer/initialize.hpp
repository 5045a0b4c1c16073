// Where inference starts: strategies of NumPyro, in unconstrained space.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "infer/nuts.hpp"
#include "model/density.hpp"

namespace dolab::infer {

enum class InitStrategy { uniform, feasible, median, sample, mean, value };
/// "uniform", "init_to_uniform", "feasible", ... Throws E1103.
InitStrategy init_strategy(const std::string& name);

struct InitOptions {
  InitStrategy strategy = InitStrategy::uniform;
  double radius = 2.0;                  // uniform on (-radius, radius)
  std::int64_t samples = 15;            // of the median
  std::map<std::string, Array> values;  // constrained; sites that are not named start by `uniform`
  std::uint64_t seed = 0;
};

/// Proposes starting points and explains failures. Sites without a sampler, or without the moment asked for, start by
/// `uniform` (mean: by median). A name in `values` that is no latent site is W104.
class Initializer {
 public:
  Initializer(const model::Density& density, const InitOptions& options);

  /// Point for a chain and attempt, a function of (seed, chain, attempt) alone. Thread-safe.
  void propose(std::int64_t chain, int attempt, double* u) const;
  /// First point with finite log density and gradient; throws E504 with the first site that is to blame.
  std::vector<double> find(Target& target, std::int64_t chain = 0, int attempts = 100) const;
  /// Why the density at u is not finite, naming the site.
  std::string explain(const double* u) const;
  /// For run_nuts; the initializer must outlive the run.
  StartingPoints starting_points() const;
  const std::vector<Warning>& warnings() const noexcept { return warnings_; }

 private:
  void prepare_prior_points(InitStrategy strategy);
  void prepare_values();
  void prepare_explanation() const;

  const model::Density& density_;
  InitOptions options_;
  std::vector<double> centre_;                     // NaN: start by uniform
  std::vector<std::vector<double>> prior_points_;  // one per attempt, strategy sample
  std::vector<Warning> warnings_;
  // Made when the first start fails, under the lock: chains may fail at once.
  mutable std::mutex mutex_;
  mutable std::vector<std::string> explained_sites_;
  mutable std::shared_ptr<const tensor::Program> explanation_;
};

}  // namespace dolab::infer
