#include "infer/chain.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "infer/maximize.hpp"

namespace dolab::infer {

namespace {

constexpr double kFirstStep = 0.1, kSmallestStep = 1e-10, kLargestStep = 1e5;
constexpr double kSearchThreshold = 0.22314355131420976;  // -log 0.8
constexpr int kSearchTrials = 100;
constexpr double kCarefulTarget = 0.95;
constexpr double kRareDivergence = 0.01;  // share of warm-up draws
constexpr std::int64_t kFewDivergences = 4;
constexpr int kScouts = 4, kScoutAttempts = 16;
constexpr std::int64_t kScoutIterations = 30;
constexpr double kSideMode = 10.0;  // nats

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

void pass(StateStream& stream, SampleStats& s) {
  for (auto* v : {&s.lp, &s.acceptance_rate, &s.step_size, &s.energy, &s.energy_error, &s.max_energy_error}) {
    stream.list(*v);
  }
  for (auto* v : {&s.tree_depth, &s.n_steps, &s.index_in_trajectory}) stream.list(*v);
  for (auto* v : {&s.diverging, &s.reached_max_treedepth}) stream.list(*v);
}

bool has_size(const SampleStats& s, std::int64_t count) {
  const auto size = static_cast<std::size_t>(count);
  bool fits = s.diverging.size() == size && s.reached_max_treedepth.size() == size;
  for (const auto* v : {&s.lp, &s.acceptance_rate, &s.step_size, &s.energy, &s.energy_error, &s.max_energy_error}) {
    fits = fits && v->size() == size;
  }
  for (const auto* v : {&s.tree_depth, &s.n_steps, &s.index_in_trajectory}) fits = fits && v->size() == size;
  return fits;
}

}  // namespace

DrawReporter::DrawReporter(std::int64_t chain, Progress& progress, std::atomic<std::int64_t>& divergences)
    : progress_(progress), divergences_(divergences) {
  LiveInference* live = progress.live();
  if (live != nullptr && chain < LiveInference::kChains) live_ = &live->chain[chain];
}

bool DrawReporter::done(bool diverging, const Standing& standing) {
  standing_ = standing;
  if (diverging) divergences_.fetch_add(1, std::memory_order_relaxed);
  if (!pace_.round()) return false;
  flush();
  return progress_.pausing();
}

void DrawReporter::flush() {
  const std::int64_t count = divergences_.load(std::memory_order_relaxed);
  if (count != noted_) {
    std::snprintf(note_, sizeof note_, "%lld divergence%s", static_cast<long long>(count), count == 1 ? "" : "s");
    noted_ = count;
  }
  if (live_ != nullptr && standing_.iteration > 0) {
    live_->iteration.store(static_cast<double>(standing_.iteration), std::memory_order_relaxed);
    live_->divergences.store(static_cast<double>(standing_.divergences), std::memory_order_relaxed);
    live_->step_size.store(standing_.step_size, std::memory_order_relaxed);
  }
  progress_.advance(pace_.take(), count > 0 ? note_ : nullptr);
}

Chain::Chain(const NutsOptions& options, std::int64_t chain, Target& target)
    : options_(options),
      chain_(chain),
      target_(target),
      hamiltonian_(target, options.metric == "dense"),
      transition_(hamiltonian_, {options.max_depth, options.max_delta_energy,
                                 options.kind == SamplerKind::hmc ? options.trajectory_length : 0.0}),
      averaging_(options.target_accept),
      adaptation_(make_metric_adaptation(options.metric, target.dimension(), options.warmup)),
      step_size_(kFirstStep) {
  const std::int64_t kept = options.draws / options.thinning;
  result_.dimension = target.dimension();
  result_.draws.reserve(static_cast<std::size_t>(kept * result_.dimension));
  reserve(result_.stats, kept);
}

std::optional<Error> Chain::start(const StartingPoints& points, const Progress& progress) {
  std::vector<double> point = choose_start(points, progress);
  if (progress.cancelled()) return std::nullopt;
  PhasePoint& state = transition_.state();
  if (point.empty()) {
    if (points.explain) return Error("E504", points.explain(state.position));
    return Error("E504", "no starting point with finite log density and gradient in " +
                             std::to_string(points.attempts) + " attempts of chain " + std::to_string(chain_));
  }
  std::copy(point.begin(), point.end(), state.position);
  result_.initial_point = std::move(point);
  hamiltonian_.evaluate(state);
  adaptation_->start(state.position, state.gradient, hamiltonian_.metric());
  search_step_size(0);
  started_ = true;
  return std::nullopt;
}

std::vector<double> Chain::choose_start(const StartingPoints& points, const Progress& progress) {
  double best = 0.0;
  std::vector<double> chosen, summit, last_tried;
  int tried = 0;
  for (int attempt = 0; attempt < points.attempts && tried < kScouts; ++attempt) {
    if (tried > 0 && attempt >= kScoutAttempts) break;
    propose(points, attempt);
    if (!valid_state()) continue;
    const PhasePoint& state = transition_.state();
    const std::vector<double> point(state.position, state.position + result_.dimension);
    if (points.attempts == 1 || point == last_tried) return point;
    last_tried = point;
    MaximizeOptions climb;
    climb.iterations = kScoutIterations;
    const MaximizeResult reached = maximize(target_, point.data(), climb, progress);
    if (tried++ == 0) {
      best = reached.log_density;
      chosen = point;
      summit = reached.point;
    } else if (std::fabs(reached.log_density - best) > kSideMode) {
      // Modes of very different heights: the chain starts on the highest one seen.
      if (reached.log_density > best) {
        best = reached.log_density;
        summit = reached.point;
      }
      chosen = summit;
    }
  }
  return chosen;
}

bool Chain::valid_state() noexcept {
  PhasePoint& state = transition_.state();
  hamiltonian_.evaluate(state);
  return std::isfinite(state.log_density) &&
         std::all_of(state.gradient, state.gradient + result_.dimension, [](double g) { return std::isfinite(g); });
}

void Chain::propose(const StartingPoints& points, int attempt) {
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
void Chain::search_step_size(std::int64_t iteration) noexcept {
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
void Chain::tune_carefully_if_diverging() {
  const bool often = recent_divergences_ >= kFewDivergences &&
                     static_cast<double>(recent_divergences_) > kRareDivergence * static_cast<double>(recent_draws_);
  // Who asks for less than the default target wants long steps.
  const bool willing = options_.target_accept >= NutsOptions{}.target_accept && options_.target_accept < kCarefulTarget;
  if (often && willing) averaging_.aim(kCarefulTarget, step_size_);
}

void Chain::run(std::int64_t until, const Progress& progress, DrawReporter& reporter) {
  const double begin = now_seconds();
  const bool on = advance(std::min(until, options_.warmup), progress, reporter);
  const double middle = now_seconds();
  result_.warmup_seconds += middle - begin;
  if (!on) return;
  advance(std::min(until, options_.warmup + options_.draws), progress, reporter);
  result_.sampling_seconds += now_seconds() - middle;
}

/// False if it stopped before `until` draws.
bool Chain::advance(std::int64_t until, const Progress& progress, DrawReporter& reporter) {
  while (iteration_ < until) {
    const TransitionStats stats = transition_.run(address(iteration_), step_size_, progress);
    if (stats.cancelled) return false;
    const bool warming = iteration_ < options_.warmup;
    if (warming) {
      adapt(stats);
    } else {
      result_.sampling_steps += stats.steps;
      result_.divergences += stats.diverging ? 1 : 0;
      const std::int64_t draw = iteration_ - options_.warmup;
      if ((draw + 1) % options_.thinning == 0) keep(result_.draws, result_.stats, stats);
    }
    ++iteration_;
    if (reporter.done(!warming && stats.diverging, {iteration_, result_.divergences, step_size_})) return false;
  }
  return true;
}

/// A warm-up draw.
void Chain::adapt(const TransitionStats& stats) {
  const PhasePoint& state = transition_.state();
  const std::int64_t i = iteration_;
  result_.warmup_steps += stats.steps;
  result_.warmup_divergences += stats.diverging ? 1 : 0;
  if (options_.keep_warmup) keep(result_.warmup_draws, result_.warmup_stats, stats);
  if (2 * i >= options_.warmup && !settled_) {
    ++recent_draws_;
    recent_divergences_ += stats.diverging ? 1 : 0;
    settled_ = adaptation_->settled(i);
    if (settled_) tune_carefully_if_diverging();
  }
  averaging_.update(adaptation_->symmetric_acceptance(i) ? stats.symmetric_acceptance_rate : stats.acceptance_rate);
  step_size_ = averaging_.current();
  const StepAction action = adaptation_->update(
      {i, state.position, state.gradient, stats.index_in_trajectory, stats.diverging}, hamiltonian_.metric());
  if (action == StepAction::search_again) search_step_size(i);
  if (i + 1 == options_.warmup) step_size_ = averaging_.averaged();
}

void Chain::keep(std::vector<double>& draws, SampleStats& stats, const TransitionStats& transition) {
  const PhasePoint& state = transition_.state();
  draws.insert(draws.end(), state.position, state.position + result_.dimension);
  append(stats, transition, state.log_density, step_size_);
}

void Chain::pass(StateStream& stream) {
  PhasePoint& state = transition_.state();
  const auto dimension = static_cast<std::size_t>(result_.dimension);
  stream.number(iteration_);
  stream.block(state.position, dimension);
  stream.block(state.gradient, dimension);
  for (double* value : {&state.log_density, &step_size_}) stream.number(*value);
  stream.number(searches_);
  for (std::int64_t* value : {&recent_divergences_, &recent_draws_}) stream.number(*value);
  stream.number(settled_);
  averaging_.pass(stream);
  adaptation_->pass(stream);
  Metric& metric = hamiltonian_.metric();
  std::vector<double> inverse = metric.inverse();
  stream.block(inverse.data(), inverse.size());
  ChainResult& r = result_;
  for (auto* list : {&r.draws, &r.warmup_draws, &r.initial_point}) stream.list(*list);
  infer::pass(stream, r.stats);
  infer::pass(stream, r.warmup_stats);
  for (auto* count : {&r.warmup_steps, &r.sampling_steps, &r.warmup_divergences, &r.divergences}) stream.number(*count);
  for (double* value : {&r.warmup_seconds, &r.sampling_seconds}) stream.number(*value);
  if (!stream.loading()) return;
  if (metric.dense()) {
    StateStream::require(metric.set_covariance(inverse.data()));
  } else {
    metric.set_variances(inverse.data());
  }
  check_loaded();
  started_ = true;
}

void Chain::check_loaded() const {
  const ChainResult& r = result_;
  const std::int64_t kept = std::max<std::int64_t>(iteration_ - options_.warmup, 0) / options_.thinning;
  const std::int64_t warm = options_.keep_warmup ? std::min(iteration_, options_.warmup) : 0;
  const auto numbers = [&](std::int64_t rows) { return static_cast<std::size_t>(rows * r.dimension); };
  StateStream::require(iteration_ >= 0 && iteration_ <= options_.warmup + options_.draws);
  StateStream::require(r.draws.size() == numbers(kept) && has_size(r.stats, kept));
  StateStream::require(r.warmup_draws.size() == numbers(warm) && has_size(r.warmup_stats, warm));
  StateStream::require(r.initial_point.size() == numbers(1));
}

ChainResult Chain::take_result() {
  result_.step_size = step_size_;
  result_.inverse_metric = hamiltonian_.metric().inverse();
  result_.complete = complete();
  return std::move(result_);
}

}  // namespace dolab::infer
