// One transition of the no-U-turn sampler (Hoffman and Gelman 2014; multinomial weights and the generalised criterion
// of Betancourt 2017, with the two extra tests across neighbouring sub-trees) or of plain Hamiltonian Monte Carlo.
#pragma once

#include <cstdint>
#include <vector>

#include "base/progress.hpp"
#include "infer/hamiltonian.hpp"

namespace dolab::infer {

/// Where the random numbers of one transition live: results do not depend on what ran before or elsewhere.
struct DrawAddress {
  std::uint64_t seed = 0;
  std::uint32_t chain = 0;
  std::uint32_t draw = 0;  // counts warm-up and kept draws together
};

/// What one transition did. Energies are total energies (Hamiltonians).
struct TransitionStats {
  double acceptance_rate = 0.0;            // mean over all leapfrog steps of min(1, exp(H0 - H))
  double symmetric_acceptance_rate = 0.0;  // mean of 2 min(1, e^d) / (1 + e^d), d = H0 - H; less skewed
  double energy = 0.0;                     // of the accepted state
  double energy_error = 0.0;               // accepted minus initial
  double max_energy_error = 0.0;           // the error of largest magnitude, with its sign
  std::int64_t index_in_trajectory = 0;    // leapfrog steps from the start to the accepted state, signed
  std::int32_t depth = 0;
  std::int32_t steps = 0;
  bool diverging = false;
  bool reached_max_depth = false;
  bool cancelled = false;  // stopped on request: no valid draw, it must not be kept
};

struct TransitionOptions {
  int max_depth = 10;
  double max_delta_energy = 1000.0;
  double trajectory_length = 0.0;  // > 0: plain Hamiltonian Monte Carlo of this length
};

/// Owns all memory of the tree; no allocation after construction. One per chain.
class Transition {
 public:
  Transition(Hamiltonian& hamiltonian, const TransitionOptions& options);

  /// The state of the chain: position, gradient and log density are kept between transitions.
  PhasePoint& state() noexcept { return state_; }

  /// Fresh momentum and energy in state(); `use` tells apart the uses within one draw (0: the transition itself).
  void refresh_momentum(const DrawAddress& address, std::uint32_t use) noexcept;

  /// Moves state() by one transition with fresh momentum. Looks at `progress` before every leapfrog step; a cancelled
  /// transition leaves position, gradient and log density as they were.
  TransitionStats run(const DrawAddress& address, double step_size, const Progress& progress) noexcept;

  /// Change of energy of one leapfrog step from state() with its present momentum, state() untouched.
  double trial_energy_change(double step_size) noexcept;

 private:
  /// A sub-tree of 2^level leaves. A leaf keeps momentum and sharp momentum in first_*; last_* and rho are unused.
  struct Node {
    double *first_momentum, *first_sharp, *last_momentum, *last_sharp, *rho, *position, *gradient;
    double log_weight, log_density, energy;
    std::int64_t index;
    int level;
  };
  struct Run;  // what one transition accumulates

  void take_vectors();
  void run_tree(Run& run) noexcept;
  void run_path(Run& run) noexcept;
  bool build(Run& run, int depth, bool forward) noexcept;
  bool merge(Node& a, Node& b, double uniform) noexcept;
  bool join(bool forward, Node& subtree) noexcept;
  void adopt(Node& node) noexcept;
  void copy_point(const PhasePoint& from, PhasePoint& to) const noexcept;

  Hamiltonian& hamiltonian_;
  TransitionOptions options_;
  VectorPool pool_;
  double* noise_ = nullptr;
  double* rho_ = nullptr;
  double *start_position_ = nullptr, *start_gradient_ = nullptr;  // of the present transition
  PhasePoint state_, last_;  // last_: the newest leaf, where the next step starts; owns no vectors
  PhasePoint ends_[2];       // backward and forward end of the trajectory
  std::vector<Node> stack_;
};

}  // namespace dolab::infer
