// How often a fast loop looks up from its work.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/progress.hpp"

namespace dolab::infer {

/// Counts rounds, and asks for a look about once a millisecond: rounds of a microsecond do not spend their time on
/// the clock or on shared counters, and slow rounds look each time.
class Pace {
 public:
  /// One more round; true if it is time.
  bool round() {
    if (++count_ < batch_) return false;
    const double now = now_seconds();
    if (now - last_ < 1e-3) batch_ = std::min<std::int64_t>(2 * batch_, 256);
    if (now - last_ > 1e-2) batch_ = std::max<std::int64_t>(batch_ / 2, 1);
    last_ = now;
    return true;
  }
  /// Rounds since the last call.
  std::int64_t take() noexcept {
    const std::int64_t count = count_;
    count_ = 0;
    return count;
  }

 private:
  double last_ = now_seconds();
  std::int64_t count_ = 0, batch_ = 1;
};

}  // namespace dolab::infer
