// Random subsets of rows without tables.
#include <cmath>

#include "base/philox.hpp"
#include "model/density.hpp"

namespace dolab::model {
namespace {

constexpr int kRounds = 8;

/// A number below `bound` < 2^32 that depends on key and x: the top bits of a product mixed twice.
inline std::uint64_t below(std::uint64_t key, std::uint64_t x, std::uint64_t bound) noexcept {
  std::uint64_t h = (key ^ x) * 0x9e3779b97f4a7c15ULL;
  h = (h ^ (h >> 32)) * 0xd6e8feb86659fd93ULL;
  return ((h >> 32) * bound) >> 32;
}

}  // namespace

/// The index is a pair (left, right) with left < a, right < b and a b just above the size; each round adds a keyed
/// function of one part to the other, modulo its bound, which is a bijection (Black and Rogaway 2002, "Ciphers with
/// arbitrary finite domains"). Images beyond the size are mapped again; they are rare because a b - size < b.
void random_rows(std::uint64_t key, std::int64_t size, std::int64_t count, double* rows) noexcept {
  const auto n = static_cast<std::uint64_t>(size);
  auto b = static_cast<std::uint64_t>(std::sqrt(static_cast<double>(size)));
  while (b * b < n) ++b;
  const std::uint64_t a = (n + b - 1) / b;
  std::uint64_t keys[kRounds];
  for (int round = 0; round < kRounds; ++round) keys[round] = splitmix64(key + static_cast<std::uint64_t>(round));
  for (std::int64_t i = 0; i < count; ++i) {
    auto row = static_cast<std::uint64_t>(i);
    do {
      std::uint64_t left = row / b, right = row % b;
      for (int round = 0; round < kRounds; round += 2) {
        left += below(keys[round], right, a);
        left -= left >= a ? a : 0;
        right += below(keys[round + 1], left, b);
        right -= right >= b ? b : 0;
      }
      row = left * b + right;
    } while (row >= n);
    rows[i] = static_cast<double>(row);
  }
}

}  // namespace dolab::model
