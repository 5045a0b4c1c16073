#include "infer/transition.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "infer/scalar_math.hpp"

namespace dolab::infer {

namespace {

constexpr int kVectorsPerNode = 7;

/// The parts of two neighbouring trees that the criterion looks at; `a` is nearer the start of the growth.
struct Neighbours {
  const double *a_first_sharp, *a_last_sharp, *a_last_momentum, *a_rho;
  const double *b_first_sharp, *b_first_momentum, *b_last_sharp, *b_rho;
};

/// Both trees single leaves: the three tests coincide. Writes rho = a + b.
bool leaves_turn(const double* a, const double* a_sharp, const double* b, const double* b_sharp, double* rho,
                 std::int64_t n) noexcept {
  Lanes first{0, 0}, last{0, 0};
  for (std::int64_t i = 0; i < n; i += 2) {
    const Lanes sum = load(a + i) + load(b + i);
    store(rho + i, sum);
    first += load(a_sharp + i) * sum;
    last += load(b_sharp + i) * sum;
  }
  return !(first[0] + first[1] > 0 && last[0] + last[1] > 0);
}

/// The criterion across the whole and across each seam; writes the sum of both rho, which may replace a_rho.
bool trees_turn(const Neighbours& t, double* rho, std::int64_t n) noexcept {
  Lanes s0{0, 0}, s1{0, 0}, s2{0, 0}, s3{0, 0}, s4{0, 0}, s5{0, 0};
  for (std::int64_t i = 0; i < n; i += 2) {
    const Lanes a_rho = load(t.a_rho + i), b_rho = load(t.b_rho + i);
    const Lanes a_first = load(t.a_first_sharp + i), b_last = load(t.b_last_sharp + i);
    const Lanes whole = a_rho + b_rho;
    const Lanes left = a_rho + load(t.b_first_momentum + i);
    const Lanes right = b_rho + load(t.a_last_momentum + i);
    s0 += a_first * whole;
    s1 += b_last * whole;
    s2 += a_first * left;
    s3 += load(t.b_first_sharp + i) * left;
    s4 += load(t.a_last_sharp + i) * right;
    s5 += b_last * right;
    store(rho + i, whole);
  }
  const bool onward = s0[0] + s0[1] > 0 && s1[0] + s1[1] > 0 && s2[0] + s2[1] > 0 && s3[0] + s3[1] > 0 &&
                      s4[0] + s4[1] > 0 && s5[0] + s5[1] > 0;
  return !onward;  // NaN counts as turning
}

/// log(e^a + e^b) and the share e^b / (e^a + e^b); both finite.
struct Blend {
  double log_sum, share_of_b;
};
Blend blend(double a, double b) noexcept {
  const double e = scalar_exp(-std::fabs(a - b));
  const double major = 1.0 / (1.0 + e);
  return {std::max(a, b) + scalar_log1p(e), b >= a ? major : e * major};
}

}  // namespace

struct Transition::Run {
  DrawAddress address;
  std::uint64_t tree_key = 0;
  double step_size = 0.0, start_energy = 0.0, log_weight = 0.0, sum_acceptance = 0.0, sum_symmetric = 0.0;
  std::int64_t reach[2] = {0, 0};  // leapfrog steps taken backward and forward
  const Progress* progress = nullptr;
  TransitionStats stats;

  /// Counts a new state; false if it diverges.
  bool record(double energy, double max_delta) noexcept {
    const double difference = energy - start_energy;
    const double change = difference == difference ? difference : std::numeric_limits<double>::infinity();
    const double e = scalar_exp(-std::fabs(change));
    ++stats.steps;
    sum_acceptance += change <= 0 ? 1.0 : e;
    sum_symmetric += 2 * e / (1 + e);
    if (std::fabs(change) > std::fabs(stats.max_energy_error)) stats.max_energy_error = change;
    stats.diverging = !(change <= max_delta);
    return !stats.diverging;
  }

  std::array<std::uint64_t, 2> words(std::uint32_t node, std::uint32_t depth, std::uint32_t level) const noexcept {
    return philox(tree_key, {node, depth | (level << 8), address.draw, address.chain});
  }
};

Transition::Transition(Hamiltonian& hamiltonian, const TransitionOptions& options)
    : hamiltonian_(hamiltonian),
      options_(options),
      pool_(hamiltonian.dimension(), 4 + 3 * 4 + kVectorsPerNode * (options.max_depth + 1)),
      stack_(static_cast<std::size_t>(options.max_depth + 1)) {
  take_vectors();
}

void Transition::take_vectors() {
  noise_ = pool_.take();
  rho_ = pool_.take();
  start_position_ = pool_.take();
  start_gradient_ = pool_.take();
  for (PhasePoint* point : {&state_, &ends_[0], &ends_[1]}) {
    *point = {pool_.take(), pool_.take(), pool_.take(), pool_.take(), 0.0, 0.0};
  }
  for (Node& node : stack_) {
    node = {pool_.take(),
            pool_.take(),
            pool_.take(),
            pool_.take(),
            pool_.take(),
            pool_.take(),
            pool_.take(),
            0,
            0,
            0,
            0,
            0};
  }
}

void Transition::refresh_momentum(const DrawAddress& address, std::uint32_t use) noexcept {
  const std::uint64_t key = random_key(address.seed, RandomPurpose::momentum);
  fill_normals(key, {0, use, address.draw, address.chain}, hamiltonian_.dimension(), noise_);
  hamiltonian_.metric().momentum(noise_, state_.momentum);
  hamiltonian_.complete(state_);
}

double Transition::trial_energy_change(double step_size) noexcept {
  hamiltonian_.leapfrog(state_, ends_[0], step_size);
  return ends_[0].energy - state_.energy;
}

TransitionStats Transition::run(const DrawAddress& address, double step_size, const Progress& progress) noexcept {
  refresh_momentum(address, 0);
  Run run;
  run.address = address;
  run.tree_key = random_key(address.seed, RandomPurpose::tree);
  run.step_size = step_size;
  run.start_energy = state_.energy;
  run.progress = &progress;
  const auto bytes = static_cast<std::size_t>(pool_.stride()) * sizeof(double);
  const double start_density = state_.log_density;
  std::memcpy(start_position_, state_.position, bytes);
  std::memcpy(start_gradient_, state_.gradient, bytes);
  if (options_.trajectory_length > 0) {
    run_path(run);
  } else {
    run_tree(run);
  }
  if (run.stats.cancelled) {
    std::memcpy(state_.position, start_position_, bytes);
    std::memcpy(state_.gradient, start_gradient_, bytes);
    state_.log_density = start_density;
  }
  run.stats.energy = state_.energy;
  run.stats.energy_error = state_.energy - run.start_energy;
  return run.stats;
}

void Transition::copy_point(const PhasePoint& from, PhasePoint& to) const noexcept {
  const auto bytes = static_cast<std::size_t>(pool_.stride()) * sizeof(double);
  std::memcpy(to.position, from.position, bytes);
  std::memcpy(to.momentum, from.momentum, bytes);
  std::memcpy(to.gradient, from.gradient, bytes);
  std::memcpy(to.sharp, from.sharp, bytes);
}

/// Makes the proposal of `node` the new state.
void Transition::adopt(Node& node) noexcept {
  std::swap(state_.position, node.position);
  std::swap(state_.gradient, node.gradient);
  state_.log_density = node.log_density;
  state_.energy = node.energy;
}

void Transition::run_tree(Run& run) noexcept {
  copy_point(state_, ends_[0]);
  copy_point(state_, ends_[1]);
  std::memcpy(rho_, state_.momentum, static_cast<std::size_t>(pool_.stride()) * sizeof(double));
  TransitionStats& stats = run.stats;
  stats.reached_max_depth = true;
  for (int depth = 0; depth < options_.max_depth; ++depth) {
    const auto words = run.words(0, static_cast<std::uint32_t>(depth), 0);
    const bool forward = (words[0] >> 63) != 0;
    if (!build(run, depth, forward)) {
      stats.reached_max_depth = false;
      break;
    }
    Node& subtree = stack_[0];
    ++stats.depth;
    // Biased progression: the new half replaces the old with probability min(1, weight ratio).
    if (scalar_log(to_uniform(words[1])) < subtree.log_weight - run.log_weight) {
      stats.index_in_trajectory = subtree.index;
      adopt(subtree);
    }
    run.log_weight = blend(run.log_weight, subtree.log_weight).log_sum;
    const bool turned = join(forward, subtree);
    copy_point(last_, ends_[forward ? 1 : 0]);
    if (turned) {
      stats.reached_max_depth = false;
      break;
    }
  }
  stats.acceptance_rate = stats.steps > 0 ? run.sum_acceptance / stats.steps : 0.0;
  stats.symmetric_acceptance_rate = stats.steps > 0 ? run.sum_symmetric / stats.steps : 0.0;
}

/// The criterion across the seam between the trajectory and its new half, read in the direction of growth.
bool Transition::join(bool forward, Node& subtree) noexcept {
  const PhasePoint& far = ends_[forward ? 0 : 1];
  const PhasePoint& near = ends_[forward ? 1 : 0];
  if (subtree.level == 0) {
    return leaves_turn(near.momentum, near.sharp, subtree.first_momentum, subtree.first_sharp, rho_, pool_.stride());
  }
  return trees_turn({far.sharp, near.sharp, near.momentum, rho_, subtree.first_sharp, subtree.first_momentum,
                     subtree.last_sharp, subtree.rho},
                    rho_, pool_.stride());
}

/// Adds 2^depth leaves beyond one end, into stack_[0]. False if a leaf diverges, a sub-tree turns or the run is
/// cancelled: then the new half is no valid part of the trajectory.
bool Transition::build(Run& run, int depth, bool forward) noexcept {
  const double step = forward ? run.step_size : -run.step_size;
  const std::int64_t sign = forward ? 1 : -1;
  std::int64_t& reach = run.reach[forward ? 1 : 0];
  last_ = ends_[forward ? 1 : 0];
  std::size_t height = 0;
  for (std::uint32_t i = 0; i < (1u << depth); ++i) {
    if (run.progress->cancelled()) {
      run.stats.cancelled = true;
      return false;
    }
    Node& leaf = stack_[height++];
    PhasePoint point{leaf.position, leaf.first_momentum, leaf.gradient, leaf.first_sharp, 0.0, 0.0};
    hamiltonian_.leapfrog(last_, point, step);
    last_ = point;
    if (!run.record(point.energy, options_.max_delta_energy)) return false;
    leaf.log_weight = run.start_energy - point.energy;
    leaf.log_density = point.log_density;
    leaf.energy = point.energy;
    leaf.index = sign * ++reach;
    leaf.level = 0;
    for (std::uint32_t bits = i, level = 1; bits & 1u; bits >>= 1, ++level) {
      const double uniform = to_uniform(run.words(i, static_cast<std::uint32_t>(depth), level)[0]);
      if (!merge(stack_[height - 2], stack_[height - 1], uniform)) return false;
      --height;
    }
  }
  return true;
}

/// Joins two neighbours of equal level into `a`; false if they turn. Vectors change owners, nothing is copied.
bool Transition::merge(Node& a, Node& b, double uniform) noexcept {
  if (a.level == 0) {
    const bool turned =
        leaves_turn(a.first_momentum, a.first_sharp, b.first_momentum, b.first_sharp, a.rho, pool_.stride());
    if (turned) return false;
    std::swap(a.last_momentum, b.first_momentum);
    std::swap(a.last_sharp, b.first_sharp);
  } else {
    const bool turned = trees_turn(
        {a.first_sharp, a.last_sharp, a.last_momentum, a.rho, b.first_sharp, b.first_momentum, b.last_sharp, b.rho},
        a.rho, pool_.stride());
    if (turned) return false;
    std::swap(a.last_momentum, b.last_momentum);
    std::swap(a.last_sharp, b.last_sharp);
  }
  const Blend weights = blend(a.log_weight, b.log_weight);
  if (uniform < weights.share_of_b) {
    std::swap(a.position, b.position);
    std::swap(a.gradient, b.gradient);
    a.log_density = b.log_density;
    a.energy = b.energy;
    a.index = b.index;
  }
  a.log_weight = weights.log_sum;
  ++a.level;
  return true;
}

/// A path of fixed length with one Metropolis decision at its end.
void Transition::run_path(Run& run) noexcept {
  const double wanted = std::ceil(options_.trajectory_length / run.step_size);
  const auto steps = static_cast<std::int64_t>(std::min(std::max(wanted, 1.0), std::ldexp(1.0, options_.max_depth)));
  TransitionStats& stats = run.stats;
  stats.reached_max_depth = wanted > static_cast<double>(steps);
  Node& end = stack_[0];
  PhasePoint point{end.position, end.first_momentum, end.gradient, end.first_sharp, 0.0, 0.0};
  const PhasePoint* from = &state_;
  for (std::int64_t i = 0; i < steps; ++i) {
    if (run.progress->cancelled()) {
      stats.cancelled = true;
      return;
    }
    hamiltonian_.leapfrog(*from, point, run.step_size);
    from = &point;
    if (!run.record(point.energy, options_.max_delta_energy)) break;
  }
  const double change = point.energy - run.start_energy;
  const double e = scalar_exp(-std::fabs(change));
  stats.acceptance_rate = stats.diverging ? 0.0 : (change <= 0 ? 1.0 : e);
  stats.symmetric_acceptance_rate = stats.diverging ? 0.0 : 2 * e / (1 + e);
  const double uniform = to_uniform(run.words(0, 0, 0)[1]);
  if (!stats.diverging && uniform < stats.acceptance_rate) {
    end.log_density = point.log_density;
    end.energy = point.energy;
    stats.index_in_trajectory = steps;
    adopt(end);
  }
}

}  // namespace dolab::infer
