#include "infer/nuts.hpp"

#include <algorithm>
#include <cmath>

#include "dolab/error.hpp"
#include "infer/chain.hpp"

namespace dolab::infer {

namespace {

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

}  // namespace

Nuts::Nuts(NutsOptions options, const std::vector<std::unique_ptr<Target>>& targets, StartingPoints start)
    : options_(std::move(options)), targets_(targets), start_(std::move(start)), chains_(targets.size()) {
  check_options(options_, targets.size());
  if (targets.front()->dimension() < 1) throw Error("E507", "the model has no unobserved continuous site");
}

Nuts::~Nuts() = default;

Chain& Nuts::chain(std::size_t index) {
  if (!chains_[index]) {
    chains_[index] = std::make_unique<Chain>(options_, static_cast<std::int64_t>(index), *targets_[index]);
  }
  return *chains_[index];
}

std::int64_t Nuts::done() const noexcept {
  std::int64_t draws = 0;
  for (const auto& chain : chains_) draws += chain ? chain->iteration() : 0;
  return draws;
}

bool Nuts::complete() const noexcept {
  return std::all_of(chains_.begin(), chains_.end(), [](const auto& chain) { return chain && chain->complete(); });
}

void Nuts::run(ThreadPool& pool, Progress& progress, std::int64_t until) {
  std::vector<std::optional<Error>> failures(chains_.size());
  const auto unfinished = [](const auto& chain) { return !chain || !chain->complete(); };
  const auto first =
      static_cast<std::size_t>(std::find_if(chains_.begin(), chains_.end(), unfinished) - chains_.begin());
  if (LiveInference* live = progress.live(); live != nullptr) {
    live->warmup = static_cast<double>(options_.warmup);
    live->chain_iterations = static_cast<double>(options_.warmup + options_.draws);
    live->chains = static_cast<std::int32_t>(options_.chains);
  }
  progress.begin("sample", options_.chains * (options_.warmup + options_.draws), done());
  pool.run(static_cast<int>(options_.chains), [&](int c) {
    const auto index = static_cast<std::size_t>(c);
    // One chain goes on in any case, so that the shortest slices come to an end.
    if (progress.cancelled() || (index != first && progress.pausing())) return;
    Chain& own = chain(index);
    if (!own.started()) failures[index] = own.start(start_, progress);
    if (!own.started()) return;
    DrawReporter reporter(c, progress, divergences_);
    own.run(until, progress, reporter);
  });
  for (const auto& failure : failures) {
    if (failure) throw *failure;  // of the first chain that failed, whoever failed first
  }
  if (complete()) progress.finish();
}

std::vector<double> Nuts::save(std::int64_t index) {
  StateStream stream;
  const auto& chain = chains_.at(static_cast<std::size_t>(index));
  bool started = chain && chain->started();
  stream.number(started);
  if (started) chain->pass(stream);
  return stream.take();
}

void Nuts::load(std::int64_t index, std::vector<double> numbers) {
  StateStream stream(std::move(numbers));
  bool started = false;
  stream.number(started);
  if (started) {
    Chain& own = chain(static_cast<std::size_t>(index));
    own.pass(stream);
    divergences_ += own.divergences();
  }
  stream.take();
}

std::vector<ChainResult> Nuts::take_results() {
  std::vector<ChainResult> results(chains_.size());
  for (std::size_t c = 0; c < chains_.size(); ++c) {
    results[c].dimension = targets_[c]->dimension();
    if (chains_[c] && chains_[c]->started()) results[c] = chains_[c]->take_result();
  }
  return results;
}

std::vector<ChainResult> run_nuts(const NutsOptions& options, const std::vector<std::unique_ptr<Target>>& targets,
                                  ThreadPool& pool, Progress& progress, const StartingPoints& start) {
  Nuts nuts(options, targets, start);
  nuts.run(pool, progress);
  return nuts.take_results();
}

}  // namespace dolab::infer
