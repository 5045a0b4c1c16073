#include "infer/nuts.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdio>
#include <optional>

#include "dolab/error.hpp"
#include "infer/adapt.hpp"
#include "infer/maximize.hpp"
#include "infer/transition.hpp"

namespace dolab::infer {

namespace {

constexpr double kFirstStep = 0.1, kSmallestStep = 1e-10, kLargestStep = 1e5;
constexpr double kSearchThreshold = 0.22314355131420976;  // -log 0.8
constexpr int kSearchTrials = 100;

void require(bool condition, const char* message) {
  if (!condition) throw Error("E1103", message);
}

void check_options(const NutsOptions& o, std::size_t targets) {
  if (!known_metric(o.metric)) {
    throw Error("E1103", "unknown metric '" + o.metric + "'", "use gradient, diag or dense");
  }
  require(o.chains >= 1 && static_cast<std::size_t>(o.chains) == targets, "the number of chains must be at least 1");
  require(o.warmup >= 0 && o.draws >= 1, "warmup must be at least 0 and draws at least 1");
  require(o.thinning >= 1, "thinning must be at least 1");
  require(o.target_accept > 0 && o.target_accept < 1, "target_accept must lie between 0 and 1");
  require(o.max_depth >= 1 && o.max_depth <= 20, "max_depth must lie between 1 and 20");
  require(o.max_delta_energy > 0, "max_delta_energy must be positive");
  require(o.init_radius >= 0 && std::isfinite(o.init_radius), "init_radius must be a number of at least 0");
  require(o.kind == SamplerKind::nuts || o.trajectory_length > 0, "trajectory_length must be positive");
}

void reserve(SampleStats& s, std::int64_t count) {
  const auto size = static_cast<std::size_t>(count);
  for (auto* v : {&s.lp, &s.acceptance_rate, &s.step_size, &s.energy, &s.energy_error, &s.max_energy_error}) {
    v->reserve(size);
  }
  for (auto* v : {&s.tree_depth, &s.n_steps, &s.index_in_trajectory}) v->reserve(size);
  s.diverging.reserve(size);
  s.reached_max_treedepth.reserve(size);
}

void append(SampleStats& s, const TransitionStats& t, double lp, double step_size) {
  s.lp.push_back(lp);
  s.acceptance_rate.push_back(t.acceptance_rate);
  s.step_size.push_back(step_size);
  s.energy.push_back(t.energy);
  s.energy_error.push_back(t.energy_error);
  s.max_energy_error.push_back(t.max_energy_error);
  s.tree_depth.push_back(t.depth);
  s.n_steps.push_back(t.steps);
  s.index_in_trajectory.push_back(static_cast<std::int32_t>(t.index_in_trajectory));
  s.diverging.push_back(t.diverging ? 1 : 0);
  s.reached_max_treedepth.push_back(t.reached_max_depth ? 1 : 0);
}

/// Reports finished draws in batches of about a millisecond, so that chains with draws of a microsecond do not
/// spend their time on the shared counter. The note tells the divergences of all chains.
class DrawReporter {
 public:
  DrawReporter(Progress& progress, std::atomic<std::int64_t>& divergences)
      : progress_(progress), divergences_(divergences), last_(now_seconds()) {}
  ~DrawReporter() { flush(); }

  void done(bool diverging) {
    if (diverging) divergences_.fetch_add(1, std::memory_order_relaxed);
    if (++pending_ < batch_) return;
    flush();
    const double now = now_seconds();
    if (now - last_ < 1e-3) batch_ = std::min<std::int64_t>(2 * batch_, 256);
    if (now - last_ > 1e-2) batch_ = std::max<std::int64_t>(batch_ / 2, 1);
    last_ = now;
  }

 private:
  void flush() {
    const std::int64_t count = divergences_.load(std::memory_order_relaxed);
    if (count != noted_) {
      std::snprintf(note_, sizeof note_, "%lld divergence%s", static_cast<long long>(count), count == 1 ? "" : "s");
      noted_ = count;
    }
    progress_.advance(pending_, count > 0 ? note_ : nullptr);
    pending_ = 0;
  }

  Progress& progress_;
  std::atomic<std::int64_t>& divergences_;
  double last_;
  std::int64_t pending_ = 0, batch_ = 1, noted_ = 0;
  char note_[40] = "";
};

constexpr double kCarefulTarget = 0.95;
constexpr double kRareDivergence = 0.01;  // share of warm-up draws
constexpr std::int64_t kFewDivergences = 4;
constexpr int kScouts = 4, kScoutAttempts = 16;
constexpr std::int64_t kScoutIterations = 30;
constexpr double kSideMode = 10.0;  // nats

class Chain {
 public:
  Chain(const NutsOptions& options, std::int64_t chain, Target& target)
      : options_(options),
        chain_(chain),
        target_(target),
        hamiltonian_(target, options.metric == "dense"),
        transition_(hamiltonian_, {options.max_depth, options.max_delta_energy,
                                   options.kind == SamplerKind::hmc ? options.trajectory_length : 0.0}),
        averaging_(options.target_accept),
        adaptation_(make_metric_adaptation(options.metric, target.dimension(), options.warmup)) {
    const std::int64_t kept = options.draws / options.thinning;
    result_.dimension = target.dimension();
    result_.draws.reserve(static_cast<std::size_t>(kept * result_.dimension));
    reserve(result_.stats, kept);
  }

  /// Error if no attempt succeeds. A few valid points are tried by a short climb each. If all climb about equally high
  /// the chain starts at the first point, so that starts stay overdispersed; if not, there are side modes that the
  /// posterior hardly visits but that hold chains for thousands of steps, and it starts at the highest summit seen.
  std::optional<Error> start(const StartingPoints& points, const Progress& progress) {
    double best = 0.0;
    std::vector<double> summit, last_tried;
    int tried = 0;
    for (int attempt = 0; attempt < points.attempts && tried < kScouts; ++attempt) {
      if (tried > 0 && attempt >= kScoutAttempts) break;
      propose(points, attempt);
      if (!valid_state()) continue;
      const PhasePoint& state = transition_.state();
      const std::vector<double> point(state.position, state.position + result_.dimension);
      if (points.attempts == 1 || point == last_tried) {
        result_.initial_point = point;
        break;
      }
      last_tried = point;
      MaximizeOptions climb;
      climb.iterations = kScoutIterations;
      const MaximizeResult reached = maximize(target_, point.data(), climb, progress);
      if (tried++ == 0) {
        best = reached.log_density;
        result_.initial_point = point;
        summit = reached.point;
      } else if (std::fabs(reached.log_density - best) > kSideMode) {
        // Modes of very different heights: the chain starts on the highest one seen.
        if (reached.log_density > best) {
          best = reached.log_density;
          summit = reached.point;
        }
        result_.initial_point = summit;
      }
    }
    if (!result_.initial_point.empty()) {
      std::copy(result_.initial_point.begin(), result_.initial_point.end(), transition_.state().position);
      hamiltonian_.evaluate(transition_.state());
      return std::nullopt;
    }
    if (points.explain) return Error("E504", points.explain(transition_.state().position));
    return Error("E504", "no starting point with finite log density and gradient in " +
                             std::to_string(points.attempts) + " attempts of chain " + std::to_string(chain_));
  }

  ChainResult run(Progress& progress, std::atomic<std::int64_t>& divergences) {
    DrawReporter reporter(progress, divergences);
    const double begin = now_seconds();
    const PhasePoint& state = transition_.state();
    adaptation_->start(state.position, state.gradient, hamiltonian_.metric());
    step_size_ = kFirstStep;
    search_step_size(0);
    const bool warm = warm_up(progress, reporter);
    const double middle = now_seconds();
    result_.warmup_seconds = middle - begin;
    result_.step_size = step_size_;
    result_.inverse_metric = hamiltonian_.metric().inverse();
    result_.complete = warm && sample(progress, reporter);
    result_.sampling_seconds = now_seconds() - middle;
    return std::move(result_);
  }

 private:
  DrawAddress address(std::int64_t iteration) const noexcept {
    return {options_.seed, static_cast<std::uint32_t>(chain_), static_cast<std::uint32_t>(iteration)};
  }

  bool valid_state() noexcept {
    PhasePoint& state = transition_.state();
    hamiltonian_.evaluate(state);
    return std::isfinite(state.log_density) &&
           std::all_of(state.gradient, state.gradient + result_.dimension, [](double g) { return std::isfinite(g); });
  }

  void propose(const StartingPoints& points, int attempt) {
    double* u = transition_.state().position;
    if (points.propose) {
      points.propose(chain_, attempt, u);
      return;
    }
    const std::uint64_t key = random_key(options_.seed, RandomPurpose::init);
    for (std::int64_t i = 0; i < result_.dimension; ++i) {
      const auto words = philox(key, {static_cast<std::uint32_t>(i), 0, static_cast<std::uint32_t>(attempt),
                                      static_cast<std::uint32_t>(chain_)});
      u[i] = options_.init_radius * (2 * to_uniform(words[0]) - 1);
    }
  }

  /// Doubles or halves the step size until one leapfrog step crosses an acceptance of 0.8; restarts the averaging.
  void search_step_size(std::int64_t iteration) noexcept {
    transition_.refresh_momentum(address(iteration), ++searches_);
    const bool grow = transition_.trial_energy_change(step_size_) < kSearchThreshold;
    for (int trial = 0; trial < kSearchTrials; ++trial) {
      const double next = grow ? 2 * step_size_ : 0.5 * step_size_;
      if (next < kSmallestStep || next > kLargestStep) break;
      step_size_ = next;
      if ((transition_.trial_energy_change(step_size_) < kSearchThreshold) != grow) break;
    }
    averaging_.restart(step_size_);
  }

  /// A chain that still diverges with its final metric works in a posterior of uneven curvature, where the average
  /// acceptance hides the narrow parts: its steps are tuned for kCarefulTarget instead.
  void tune_carefully_if_diverging(std::int64_t recent_divergences, std::int64_t recent_draws) {
    const bool often = recent_divergences >= kFewDivergences &&
                       static_cast<double>(recent_divergences) > kRareDivergence * static_cast<double>(recent_draws);
    // Who asks for less than the default target wants long steps.
    const bool willing =
        options_.target_accept >= NutsOptions{}.target_accept && options_.target_accept < kCarefulTarget;
    if (often && willing) averaging_.aim(kCarefulTarget, step_size_);
  }

  bool warm_up(const Progress& progress, DrawReporter& reporter) {
    const PhasePoint& state = transition_.state();
    std::int64_t recent_divergences = 0, recent_draws = 0;
    bool settled = false;
    for (std::int64_t i = 0; i < options_.warmup; ++i) {
      const TransitionStats stats = transition_.run(address(i), step_size_, progress);
      if (stats.cancelled) return false;
      result_.warmup_steps += stats.steps;
      result_.warmup_divergences += stats.diverging ? 1 : 0;
      if (options_.keep_warmup) keep(result_.warmup_draws, result_.warmup_stats, stats);
      if (2 * i >= options_.warmup && !settled) {
        ++recent_draws;
        recent_divergences += stats.diverging ? 1 : 0;
        settled = adaptation_->settled(i);
        if (settled) tune_carefully_if_diverging(recent_divergences, recent_draws);
      }
      averaging_.update(adaptation_->symmetric_acceptance(i) ? stats.symmetric_acceptance_rate : stats.acceptance_rate);
      step_size_ = averaging_.current();
      const StepAction action = adaptation_->update(
          {i, state.position, state.gradient, stats.index_in_trajectory, stats.diverging}, hamiltonian_.metric());
      if (action == StepAction::search_again) search_step_size(i);
      reporter.done(false);
    }
    if (options_.warmup > 0) step_size_ = averaging_.averaged();
    return true;
  }

  bool sample(const Progress& progress, DrawReporter& reporter) {
    for (std::int64_t i = 0; i < options_.draws; ++i) {
      const TransitionStats stats = transition_.run(address(options_.warmup + i), step_size_, progress);
      if (stats.cancelled) return false;
      result_.sampling_steps += stats.steps;
      result_.divergences += stats.diverging ? 1 : 0;
      if ((i + 1) % options_.thinning == 0) keep(result_.draws, result_.stats, stats);
      reporter.done(stats.diverging);
    }
    return true;
  }

  void keep(std::vector<double>& draws, SampleStats& stats, const TransitionStats& transition) {
    const PhasePoint& state = transition_.state();
    draws.insert(draws.end(), state.position, state.position + result_.dimension);
    append(stats, transition, state.log_density, step_size_);
  }

  const NutsOptions& options_;
  std::int64_t chain_;
  Target& target_;
  Hamiltonian hamiltonian_;
  Transition transition_;
  DualAveraging averaging_;
  std::unique_ptr<MetricAdaptation> adaptation_;
  double step_size_ = kFirstStep;
  std::uint32_t searches_ = 0;
  ChainResult result_;
};

}  // namespace

std::vector<ChainResult> run_nuts(const NutsOptions& options, const std::vector<std::unique_ptr<Target>>& targets,
                                  ThreadPool& pool, Progress& progress, const StartingPoints& start) {
  check_options(options, targets.size());
  if (targets.front()->dimension() < 1) throw Error("E507", "the model has no unobserved continuous site");
  std::vector<ChainResult> results(targets.size());
  std::vector<std::optional<Error>> failures(targets.size());
  std::atomic<std::int64_t> divergences{0};
  progress.begin("sample", options.chains * (options.warmup + options.draws));
  pool.run(static_cast<int>(options.chains), [&](int c) {
    const auto index = static_cast<std::size_t>(c);
    results[index].dimension = targets[index]->dimension();
    if (progress.cancelled()) return;
    Chain chain(options, c, *targets[index]);
    failures[index] = chain.start(start, progress);
    if (!failures[index]) results[index] = chain.run(progress, divergences);
  });
  for (const auto& failure : failures) {
    if (failure) throw *failure;  // of the first chain that failed, whoever failed first
  }
  progress.finish();
  return results;
}

}  // namespace dolab::infer
