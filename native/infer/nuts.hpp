// Several chains of NUTS or HMC with warm-up, over threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "base/progress.hpp"
#include "base/thread_pool.hpp"
#include "infer/target.hpp"

namespace dolab::infer {

enum class SamplerKind { nuts, hmc };

struct NutsOptions {
  SamplerKind kind = SamplerKind::nuts;
  std::int64_t chains = 4;
  std::int64_t warmup = 1000;
  std::int64_t draws = 1000;        // before thinning
  std::int64_t thinning = 1;        // every k-th draw after warm-up is kept
  double target_accept = 0.8;       // from 0.8 on: 0.95 for a chain that still diverges late in warm-up
  int max_depth = 10;               // at most 2^max_depth - 1 leapfrog steps a draw (HMC: 2^max_depth)
  std::string metric = "gradient";  // "gradient", "diag" or "dense"
  double max_delta_energy = 1000.0;
  double init_radius = 2.0;
  double trajectory_length = 6.283185307179586;  // HMC only, in whitened units
  bool keep_warmup = false;
  std::uint64_t seed = 0;
};

/// One entry per draw; the names are ArviZ's.
struct SampleStats {
  std::vector<double> lp, acceptance_rate, step_size, energy, energy_error, max_energy_error;
  std::vector<std::int32_t> tree_depth, n_steps, index_in_trajectory;
  std::vector<std::uint8_t> diverging, reached_max_treedepth;
};

struct ChainResult {
  std::int64_t dimension = 0;
  std::vector<double> draws;  // kept draws x dimension, unconstrained, row-major
  SampleStats stats;
  std::vector<double> warmup_draws;  // as above, if asked for
  SampleStats warmup_stats;          // if asked for
  std::vector<double> initial_point;
  std::vector<double> inverse_metric;  // dimension numbers, or dimension^2 row-major if dense
  double step_size = 0.0;
  std::int64_t warmup_steps = 0, sampling_steps = 0;  // leapfrog steps
  std::int64_t warmup_divergences = 0, divergences = 0;
  double warmup_seconds = 0.0, sampling_seconds = 0.0;
  bool complete = false;  // false: cancelled before the last draw

  std::int64_t kept() const noexcept { return static_cast<std::int64_t>(stats.lp.size()); }
};

/// How chains start. Both functions are called from worker threads, for different chains at once.
struct StartingPoints {
  /// Fills u[dimension] for (chain, attempt); empty: uniform on (-init_radius, init_radius).
  std::function<void(std::int64_t chain, int attempt, double* u)> propose;
  /// Number of proposals a chain may make until log density and gradient are finite.
  int attempts = 100;
  /// Says in the user's words why the last proposal u failed; empty: a general sentence.
  std::function<std::string(const double* u)> explain;
};

class Chain;

/// options.chains chains, chain c on targets[c]. Draws depend on the options, the seed and the chain alone: not on
/// threads or scheduling, nor on how a run was cut.
class Nuts {
 public:
  /// `targets` outlive the run. Errors: E1103 for an unknown metric or an impossible option, E507 for dimension 0.
  Nuts(NutsOptions options, const std::vector<std::unique_ptr<Target>>& targets, StartingPoints start = {});
  ~Nuts();

  /// Goes on until every chain has its draws, or `until` draws with those of the warm-up; a `progress` that pauses or
  /// is cancelled ends every chain after its last complete draw. Errors: E504 without a valid starting point.
  void run(ThreadPool& pool, Progress& progress, std::int64_t until = std::numeric_limits<std::int64_t>::max());
  bool complete() const noexcept;
  /// Draws of all chains, those of the warm-up included.
  std::int64_t done() const noexcept;

  /// Everything that a chain needs to go on. Errors on loading: E1007.
  std::vector<double> save(std::int64_t chain);
  void load(std::int64_t chain, std::vector<double> numbers);

  /// Ends the run. Chains of a run that was not completed differ in length.
  std::vector<ChainResult> take_results();

 private:
  Chain& chain(std::size_t index);

  NutsOptions options_;
  const std::vector<std::unique_ptr<Target>>& targets_;
  StartingPoints start_;
  std::vector<std::unique_ptr<Chain>> chains_;  // made when they start
  std::atomic<std::int64_t> divergences_{0};
};

/// A whole run of `Nuts`.
std::vector<ChainResult> run_nuts(const NutsOptions& options, const std::vector<std::unique_ptr<Target>>& targets,
                                  ThreadPool& pool, Progress& progress, const StartingPoints& start = {});

}  // namespace dolab::infer
