// What one engine holds between calls, and its commands: a JSON request in, a JSON answer out.
#pragma once

#include <atomic>
#include <cstddef>
#include <list>
#include <memory>
#include <string>

#include "experiment/run.hpp"

namespace dolab::wasm {

using experiment::Json;

/// Read by the caller while a command runs, at fixed offsets; with threads from another thread, through shared memory.
/// `stop` is the caller's: not 0 asks the running command to end, with what there is unless it is kAbandon.
struct Control {
  static constexpr std::int32_t kAbandon = 2;
  std::atomic<std::int32_t> stop{0};
  std::atomic<std::int32_t> version{0};  // odd while the rest is being written
  double done = 0.0, total = 0.0, seconds = 0.0, rate = 0.0, eta_seconds = 0.0;
  char phase[32] = {};
  char note[96] = {};
  LiveInference live;
};
static_assert(offsetof(Control, live) == 176 && sizeof(Control) == 4680, "the offsets are part of the protocol");

class Engine {
 public:
  Engine();
  ~Engine();
  Control& control() noexcept { return control_; }

  /// Runs a command. Never throws: the answer is {"report", "complete", "healthy"}, {"unfinished": true} from a fit
  /// that goes on by slices, or {"error": {"code", "message", "file", "line", "column", "hint"}}.
  std::string call(const std::string& command, const std::string& request) noexcept;

 private:
  Json answer(const std::string& command, const Json& request);
  Json start(const Json& request);
  Json model(const Json& request);
  Json language(const Json& request);
  Json table(const Json& request);
  Json stage(const Json& request);
  Json check(const Json& request);
  Json fit(const Json& request);
  Json run(const Json& request);
  Json go_on(const Json& request);
  Json finish_early(const Json& request);
  Json checkpoint(const Json& request);
  Json abandon(const Json& request);
  Json predict(const Json& request);
  Json effect(const Json& request);
  Json summary(const Json& request);
  Json save(const Json& request);
  Json open(const Json& request);
  Json draws(const Json& request);
  Json own_data(const Json& request);
  Json forget(const Json& request);

  /// A fit that was read from `store`, kept for the next command.
  std::shared_ptr<const experiment::StoredFit> opened(const std::string& store);
  /// Changes of a scenario; {"staged": NAME} is an array that was staged.
  experiment::ChangeSpecs changes(const Json& request, const char* key);
  /// Where the numbers of an array are until the next command: {"address", "size", "shape", "dtype"}.
  Json hand_out(Array array);

  /// A fit between its slices.
  struct Unfinished;
  Unfinished& unfinished();
  Json begin(const Json& request, experiment::Settings settings, bool declared);
  Json finish();

  /// Runs `command(output, workers)` with the pool, progress, and a store in memory that ends in the file
  /// request["out"].
  template <class Command>
  Json work(const Json& request, const Command& command);
  experiment::Settings settings(const Json& request);
  io::GivenData take_staged(const Json& request);

  Control control_;
  std::unique_ptr<ThreadPool> pool_;
  io::ArgumentMap staged_;
  std::vector<Array> shown_;  // the numbers that were handed out last
  std::list<std::pair<std::string, std::shared_ptr<const experiment::StoredFit>>> opened_;  // the last one first
  std::unique_ptr<Unfinished> unfinished_;
};

}  // namespace dolab::wasm
