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

/// What a door may draw while inference runs. Workers write without locks: a reader may meet one number that is newer
/// than its neighbour.
struct LiveInference {
  static constexpr std::int32_t kChains = 16, kLosses = 256;
  struct Chain {
    std::atomic<double> iteration{0.0};  // draws done, warm-up included
    std::atomic<double> divergences{0.0}, step_size{0.0};
  };
  /// Mean of the losses since the loss before it, and the last one's step.
  struct Loss {
    std::atomic<double> step{0.0}, loss{0.0};
  };

  std::atomic<std::int32_t> chains{0};                     // that run; the first kChains are told of
  std::atomic<std::int32_t> losses{0};                     // told so far: number k is loss[k % kLosses]
  std::atomic<double> warmup{0.0}, chain_iterations{0.0};  // of each chain; the latter with warm-up
  Chain chain[kChains];
  Loss loss[kLosses];

  void tell(double step, double mean_loss) noexcept {
    const std::int32_t told = losses.load(std::memory_order_relaxed);
    Loss& next = loss[told % kLosses];
    next.step.store(step, std::memory_order_relaxed);
    next.loss.store(mean_loss, std::memory_order_relaxed);
    losses.store(told + 1, std::memory_order_release);
  }
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

  /// Before the work starts: where it tells what it is at.
  void watch(LiveInference* live) noexcept { live_ = live; }
  LiveInference* live() const noexcept { return live_; }

  /// Before the work starts: a word that cancels it as soon as it is not 0, as where memory is shared with the caller.
  void heed(const std::atomic<std::int32_t>* stop) noexcept { stop_ = stop; }
  void cancel() noexcept { cancelled_.store(true, std::memory_order_relaxed); }
  bool cancelled() const noexcept {
    return cancelled_.load(std::memory_order_relaxed) ||
           (stop_ != nullptr && stop_->load(std::memory_order_relaxed) != 0);
  }

  /// From that moment (of now_seconds) on, work that can go on later pauses; infinity: never.
  void pause_at(double time) noexcept { pause_.store(time, std::memory_order_relaxed); }
  bool pausing() const noexcept;

 private:
  void report(const char* note, bool force);
  Callback callback_;
  LiveInference* live_ = nullptr;
  const std::atomic<std::int32_t>* stop_ = nullptr;
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
