#include "cli/lab_runs.hpp"

#include <algorithm>

#include "cli/command.hpp"
#include "cli/lab_guard.hpp"
#include "io/zip_store.hpp"

namespace dolab::cli {

using experiment::Json;

/// Everything but `progress` and, while it runs, `settings` is guarded by the mutex of Runs.
struct Runs::Run {
  Run(std::string name, experiment::Settings asked, Progress::Callback callback)
      : id(std::move(name)), title(asked.title), settings(std::move(asked)), progress(std::move(callback)) {}

  std::string id, title;
  experiment::Settings settings;
  Progress progress;
  RunState state = RunState::queued;
  std::uint64_t version = 1;
  ProgressReport latest;
  bool complete = false, healthy = false;
  Json error;
  std::shared_ptr<const std::string> report;
  std::shared_ptr<io::ZipWriter> store;

  bool ended() const noexcept { return state != RunState::queued && state != RunState::running; }
  std::size_t bytes() const { return store == nullptr ? 0 : store->bytes().size(); }
};

const char* run_state_name(RunState state) noexcept {
  switch (state) {
    case RunState::queued:
      return "queued";
    case RunState::running:
      return "running";
    case RunState::done:
      return "done";
    case RunState::failed:
      return "failed";
    case RunState::cancelled:
      break;
  }
  return "cancelled";
}

Runs::Runs(int threads) : pool_(threads), worker_([this] { work(); }) {}

Runs::~Runs() {
  close();
  worker_.join();
}

Runs::Run* Runs::find(const std::string& id) const {
  for (const auto& run : runs_) {
    if (run->id == id) return run.get();
  }
  return nullptr;
}

RunView Runs::view_of(const Run& run) const {
  RunView view;
  view.id = run.id;
  view.title = run.title;
  view.state = run.state;
  for (const auto& other : runs_) {
    if (other.get() == &run) break;
    if (!other->ended()) ++view.ahead;
  }
  view.progress = run.latest;
  view.complete = run.complete;
  view.healthy = run.healthy;
  view.error = run.error;
  view.version = run.version;
  return view;
}

std::optional<std::string> Runs::add(experiment::Settings settings) {
  const std::lock_guard lock(mutex_);
  const auto waiting =
      std::count_if(runs_.begin(), runs_.end(), [](const auto& run) { return run->state == RunState::queued; });
  if (closing_ || waiting >= static_cast<std::ptrdiff_t>(kQueuedRuns)) return std::nullopt;
  const std::string id = random_hex(8);
  const auto callback = [this, id](const ProgressReport& report) {
    const std::lock_guard progress_lock(mutex_);
    Run* run = find(id);
    if (run == nullptr) return;  // forgotten
    run->latest = report;
    ++run->version;
    changed_.notify_all();
  };
  runs_.push_back(std::make_shared<Run>(id, std::move(settings), callback));
  changed_.notify_all();
  return id;
}

std::vector<RunView> Runs::list() const {
  const std::lock_guard lock(mutex_);
  std::vector<RunView> views;
  for (const auto& run : runs_) views.push_back(view_of(*run));
  return views;
}

std::optional<RunView> Runs::view(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const Run* run = find(id);
  if (run == nullptr) return std::nullopt;
  return view_of(*run);
}

std::optional<RunView> Runs::wait(const std::string& id, std::uint64_t seen, std::chrono::milliseconds patience) const {
  std::unique_lock lock(mutex_);
  const Run* run = nullptr;
  changed_.wait_for(lock, patience, [&] {
    run = closing_ ? nullptr : find(id);
    return run == nullptr || run->version != seen;
  });
  if (run == nullptr) return std::nullopt;
  return view_of(*run);
}

bool Runs::stop(const std::string& id) {
  const std::lock_guard lock(mutex_);
  Run* run = find(id);
  if (run == nullptr) return false;
  run->progress.cancel();
  if (run->state == RunState::queued) {
    end(*run, RunState::cancelled, experiment::error_json(Error("E1201", "cancelled before it began")));
  }
  return true;
}

bool Runs::forget(const std::string& id) {
  const std::lock_guard lock(mutex_);
  Run* run = find(id);
  if (run == nullptr) return false;
  run->progress.cancel();
  runs_.erase(std::find_if(runs_.begin(), runs_.end(), [run](const auto& other) { return other.get() == run; }));
  touch_queued();
  return true;
}

std::shared_ptr<const std::string> Runs::report(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const Run* run = find(id);
  return run == nullptr ? nullptr : run->report;
}

std::shared_ptr<const std::string> Runs::store(const std::string& id) const {
  std::shared_ptr<const io::ZipWriter> kept;
  {
    const std::lock_guard lock(mutex_);
    const Run* run = find(id);
    if (run != nullptr) kept = run->store;
  }
  return kept == nullptr ? nullptr : std::make_shared<const std::string>(kept->bytes());
}

bool Runs::close() {
  const std::lock_guard lock(mutex_);
  bool busy = false;
  for (const auto& run : runs_) {
    busy = busy || !run->ended();
    run->progress.cancel();
  }
  closing_ = true;
  changed_.notify_all();
  return busy;
}

/// The run whose turn it is; null at the end of the server.
std::shared_ptr<Runs::Run> Runs::next() {
  std::unique_lock lock(mutex_);
  std::shared_ptr<Run> found;
  changed_.wait(lock, [&] {
    const auto place =
        std::find_if(runs_.begin(), runs_.end(), [](const auto& run) { return run->state == RunState::queued; });
    found = place == runs_.end() ? nullptr : *place;
    return closing_ || found != nullptr;
  });
  if (closing_) return nullptr;
  found->state = RunState::running;
  found->latest.phase = "prepare";
  ++found->version;
  touch_queued();
  return found;
}

void Runs::execute(Run& run) {
  const auto store = std::shared_ptr<io::ZipWriter>(io::ZipWriter::in_memory());
  try {
    const experiment::Output output{run.id + ".zarr.zip", false, store.get()};
    const auto outcome = experiment::run_command(std::move(run.settings), output, {pool_, run.progress});
    auto report = std::make_shared<const std::string>(experiment::json_text(outcome.report));
    const std::lock_guard lock(mutex_);
    run.complete = outcome.complete;
    run.healthy = outcome.healthy;
    run.report = std::move(report);
    run.store = store;
    end(run, RunState::done, nullptr);
  } catch (...) {
    const Error error = current_error();
    const std::lock_guard lock(mutex_);
    end(run, error.code() == "E1201" ? RunState::cancelled : RunState::failed, experiment::error_json(error));
  }
}

/// The mutex is held, here and in the two below.
void Runs::end(Run& run, RunState state, Json error) {
  run.state = state;
  run.error = std::move(error);
  run.settings = {};
  ++run.version;
  touch_queued();
  trim();
}

/// There may be fewer runs before those that wait.
void Runs::touch_queued() {
  for (const auto& run : runs_) {
    if (run->state == RunState::queued) ++run->version;
  }
  changed_.notify_all();
}

void Runs::trim() {
  std::size_t kept = 0, bytes = 0;
  for (std::size_t i = runs_.size(); i-- > 0;) {
    if (!runs_[i]->ended()) continue;
    ++kept;
    bytes += runs_[i]->bytes();
    const bool surplus = kept > kKeptRuns || (kept > 1 && bytes > kKeptBytes);
    if (surplus) runs_.erase(runs_.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

void Runs::work() {
  while (const auto run = next()) execute(*run);
}

}  // namespace dolab::cli
