#include "base/progress.hpp"

#include <chrono>

namespace dolab {

double now_seconds() noexcept {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void Progress::begin(std::string phase, std::int64_t total, std::int64_t done) {
  const std::lock_guard lock(mutex_);
  if (done > 0 && phase == phase_ && total == total_ && done == done_) return;
  phase_ = std::move(phase);
  total_ = total;
  done_ = first_ = done;
  start_ = now_seconds();
  last_ = start_;
}

bool Progress::pausing() const noexcept {
  const double time = pause_.load(std::memory_order_relaxed);
  return time < std::numeric_limits<double>::infinity() && now_seconds() >= time;
}

void Progress::advance(std::int64_t count, const char* note) {
  done_.fetch_add(count, std::memory_order_relaxed);
  if (callback_ && now_seconds() - last_.load(std::memory_order_relaxed) > 0.1) report(note, false);
}

void Progress::finish() {
  if (callback_) report(nullptr, true);
}

void Progress::report(const char* note, bool force) {
  const std::lock_guard lock(mutex_);
  const double now = now_seconds();
  if (!force && now - last_ <= 0.1) return;
  last_ = now;
  ProgressReport r;
  r.phase = phase_;
  r.done = done_;
  r.total = total_;
  r.seconds = now - start_;
  r.rate = r.seconds > 0 ? static_cast<double>(r.done - first_) / r.seconds : 0.0;
  r.eta_seconds = r.rate > 0 ? static_cast<double>(r.total - r.done) / r.rate : 0.0;
  if (note != nullptr) r.note = note;
  callback_(r);
}

}  // namespace dolab
