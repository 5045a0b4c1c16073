// Experiments that run for the lab, one after the other, and their results.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "experiment/run.hpp"

namespace dolab::cli {

enum class RunState : std::uint8_t { queued, running, done, failed, cancelled };
const char* run_state_name(RunState state) noexcept;

/// What can be said of a run at one moment.
struct RunView {
  std::string id, title;
  RunState state = RunState::queued;
  std::int64_t ahead = 0;  // runs before this one
  ProgressReport progress;
  bool complete = false, healthy = false;  // of `done`
  experiment::Json error;                  // of `failed` and `cancelled`
  std::uint64_t version = 0;               // grows with every change

  bool ended() const noexcept { return state != RunState::queued && state != RunState::running; }
};

/// Thread-safe. Ended runs are forgotten, oldest first, when there are more than kKeptRuns of them or their stores have
/// more than kKeptBytes together; the newest stays.
class Runs {
 public:
  static constexpr std::size_t kKeptRuns = 8, kQueuedRuns = 8;
  static constexpr std::size_t kKeptBytes = std::size_t{1} << 30;

  explicit Runs(int threads);
  ~Runs();

  int threads() const noexcept { return pool_.threads(); }
  /// The id of the new run; nothing if too many wait.
  std::optional<std::string> add(experiment::Settings settings);
  std::vector<RunView> list() const;
  std::optional<RunView> view(const std::string& id) const;
  /// Returns as soon as the version is not `seen`, or after `patience`; nothing if there is no such run (any more), or
  /// at the end of the server.
  std::optional<RunView> wait(const std::string& id, std::uint64_t seen, std::chrono::milliseconds patience) const;
  /// Asks a run to end with what it has. False if there is no such run.
  bool stop(const std::string& id);
  /// Cancels and forgets. False if there is no such run.
  bool forget(const std::string& id);
  /// The report (JSON) and the store (.zarr.zip) of a run that is done; null otherwise.
  std::shared_ptr<const std::string> report(const std::string& id) const;
  std::shared_ptr<const std::string> store(const std::string& id) const;
  /// Cancels everything and wakes all who wait. True if there was something to cancel.
  bool close();

 private:
  struct Run;
  Run* find(const std::string& id) const;
  RunView view_of(const Run& run) const;
  std::shared_ptr<Run> next();
  void execute(Run& run);
  void end(Run& run, RunState state, experiment::Json error);
  void touch_queued();
  void trim();
  void work();

  ThreadPool pool_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<std::shared_ptr<Run>> runs_;  // in the order of their arrival
  bool closing_ = false;
  std::thread worker_;
};

}  // namespace dolab::cli
