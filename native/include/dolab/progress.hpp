// The one progress and cancel object: workers report counts, a door shows rate and ETA.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
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

  void begin(std::string phase, std::int64_t total);
  void advance(std::int64_t count = 1, const char* note = nullptr);
  void finish();

  void cancel() noexcept { cancelled_.store(true, std::memory_order_relaxed); }
  bool cancelled() const noexcept { return cancelled_.load(std::memory_order_relaxed); }

 private:
  void report(const char* note, bool force);
  Callback callback_;
  std::mutex mutex_;
  std::string phase_;
  std::int64_t total_ = 0;
  double start_ = 0.0;
  std::atomic<double> last_{0.0};
  std::atomic<std::int64_t> done_{0};
  std::atomic<bool> cancelled_{false};
};

/// Monotonic seconds.
double now_seconds() noexcept;

}  // namespace dolab
