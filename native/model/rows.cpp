// Random subsets of rows without tables.
#include "base/philox.hpp"
#include "model/density.hpp"

namespace dolab::model {
namespace {

/// A bijection of [0, 4^half_bits) by eight Feistel rounds with a keyed hash as round function.
std::uint64_t feistel(std::uint64_t x, std::uint64_t key, int half_bits) noexcept {
  const std::uint64_t low = (std::uint64_t{1} << half_bits) - 1;
  std::uint64_t left = x >> half_bits, right = x & low;
  for (std::uint64_t round = 0; round < 8; ++round) {
    const std::uint64_t next = left ^ (splitmix64(key + (right << 4) + round) & low);
    left = right;
    right = next;
  }
  return (left << half_bits) | right;
}

}  // namespace

void random_rows(std::uint64_t key, std::int64_t size, std::int64_t count, double* rows) noexcept {
  const auto n = static_cast<std::uint64_t>(size);
  int half_bits = 1;
  while ((std::uint64_t{1} << (2 * half_bits)) < n) ++half_bits;
  for (std::int64_t i = 0; i < count; ++i) {
    auto row = static_cast<std::uint64_t>(i);
    // Cycle walking: the orbit of an index below n comes back below n; at most 4 images of 1 on average.
    do {
      row = feistel(row, key, half_bits);
    } while (row >= n);
    rows[i] = static_cast<double>(row);
  }
}

}  // namespace dolab::model
