// The one progress and cancel object: workers report counts, a door shows rate and ETA.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <mutex>
#include <string>

namespace dolab {

struct ProgressReport {
  std::string phase;  // "warmup", "sample", "optimize", "predict", "write"
  std::int64_t done = 0;
  std::int64_t total = 0;
  double seconds = 0.0;  // since begin()
  double rate = 0.0;     // units per second
  double eta_seconds = 0.0;
  std::string note;  // e.g. "loss 12.3", "2 divergences"
};

/// Thread-safe. `advance` is cheap (one atomic add); the callback runs at most every 100 ms.
class Progress {
 public:
  using Callback = std::function<void(const ProgressReport&)>;
  Progress() = default;
  explicit Progress(Callback callback) : callback_(std::move(callback)) {}

  /// `done` units are behind it already. A phase that goes on where it paused keeps its clock.
  void begin(std::string phase, std::int64_t total, std::int64_t done = 0);
  void advance(std::int64_t count = 1, const char* note = nullptr);
  void finish();

  void cancel() noexcept { cancelled_.store(true, std::memory_order_relaxed); }
  bool cancelled() const noexcept { return cancelled_.load(std::memory_order_relaxed); }

  /// From that moment (of now_seconds) on, work that can go on later pauses; infinity: never.
  void pause_at(double time) noexcept { pause_.store(time, std::memory_order_relaxed); }
  bool pausing() const noexcept;

 private:
  void report(const char* note, bool force);
  Callback callback_;
  std::mutex mutex_;
  std::string phase_;
  std::int64_t total_ = 0;
  std::int64_t first_ = 0;  // done before start_
  double start_ = 0.0;
  std::atomic<double> last_{0.0};
  std::atomic<std::int64_t> done_{0};
  std::atomic<double> pause_{std::numeric_limits<double>::infinity()};
  std::atomic<bool> cancelled_{false};
};

/// Monotonic seconds.
double now_seconds() noexcept;

}  // namespace dolab
