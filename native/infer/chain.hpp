// One chain of NUTS or HMC: start, warm-up, draws, and a state that can be put away at any draw.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "dolab/error.hpp"
#include "infer/adapt.hpp"
#include "infer/nuts.hpp"
#include "infer/pace.hpp"
#include "infer/transition.hpp"

namespace dolab::infer {

/// Reports finished draws of one chain, and the divergences of all chains as a note.
class DrawReporter {
 public:
  DrawReporter(std::int64_t chain, Progress& progress, std::atomic<std::int64_t>& divergences);
  ~DrawReporter() { flush(); }

  struct Standing {
    std::int64_t iteration = 0, divergences = 0;
    double step_size = 0.0;
  };
  /// True if the run pauses here.
  bool done(bool diverging, const Standing& standing);

 private:
  void flush();

  Progress& progress_;
  std::atomic<std::int64_t>& divergences_;
  LiveInference::Chain* live_ = nullptr;
  Standing standing_;
  Pace pace_;
  std::int64_t noted_ = 0;
  char note_[40] = "";
};

class Chain {
 public:
  Chain(const NutsOptions& options, std::int64_t chain, Target& target);

  bool started() const noexcept { return started_; }
  std::int64_t iteration() const noexcept { return iteration_; }
  bool complete() const noexcept { return iteration_ == options_.warmup + options_.draws; }

  /// Error if no attempt succeeds. A few valid points are tried by a short climb each. If all climb about equally high
  /// the chain starts at the first point, so that starts stay overdispersed; if not, there are side modes that the
  /// posterior hardly visits but that hold chains for thousands of steps, and it starts at the highest summit seen.
  /// A cancelled start is none.
  std::optional<Error> start(const StartingPoints& points, const Progress& progress);
  /// Goes on until `until` draws are done, warm-up included, or `progress` pauses or is cancelled.
  void run(std::int64_t until, const Progress& progress, DrawReporter& reporter);

  /// Saves or loads a chain that was started. Errors: E1007.
  void pass(StateStream& stream);
  ChainResult take_result();
  std::int64_t divergences() const noexcept { return result_.divergences; }

 private:
  DrawAddress address(std::int64_t iteration) const noexcept {
    return {options_.seed, static_cast<std::uint32_t>(chain_), static_cast<std::uint32_t>(iteration)};
  }
  bool valid_state() noexcept;
  void propose(const StartingPoints& points, int attempt);
  std::vector<double> choose_start(const StartingPoints& points, const Progress& progress);
  void search_step_size(std::int64_t iteration) noexcept;
  void tune_carefully_if_diverging();
  bool advance(std::int64_t until, const Progress& progress, DrawReporter& reporter);
  void adapt(const TransitionStats& stats);
  void keep(std::vector<double>& draws, SampleStats& stats, const TransitionStats& transition);
  void check_loaded() const;

  const NutsOptions& options_;
  std::int64_t chain_;
  Target& target_;
  Hamiltonian hamiltonian_;
  Transition transition_;
  DualAveraging averaging_;
  std::unique_ptr<MetricAdaptation> adaptation_;
  bool started_ = false;
  std::int64_t iteration_ = 0;  // draws done, warm-up included
  double step_size_;
  std::uint32_t searches_ = 0;
  // In the second half of warm-up, until the metric is settled.
  std::int64_t recent_divergences_ = 0, recent_draws_ = 0;
  bool settled_ = false;
  ChainResult result_;
};

}  // namespace dolab::infer
