// Counter-based random numbers: Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace dolab {

/// What a stream is for. Mixed into the key, so that streams of one seed never overlap.
enum class RandomPurpose : std::uint64_t {
  init = 1,
  momentum,
  tree,
  guide,
  minibatch,
  posterior,
  predictive,
  prior,
  data,
  resample,
};

/// splitmix64 finaliser. Known answer: splitmix64(0) = 0xe220a8397b1dcdaf.
constexpr std::uint64_t splitmix64(std::uint64_t x) noexcept {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

/// FNV-1a 64 folded to 32 bits (high xor low). fnv1a64("") = 0xcbf29ce484222325, fnv1a64("a") = 0xaf63dc4c8601ec8c.
constexpr std::uint64_t fnv1a64(std::string_view text) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return hash;
}
constexpr std::uint32_t site_hash(std::string_view name) noexcept {
  const std::uint64_t hash = fnv1a64(name);
  return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

/// key = splitmix64(seed + splitmix64(purpose)).
constexpr std::uint64_t random_key(std::uint64_t seed, RandomPurpose purpose) noexcept {
  return splitmix64(seed + splitmix64(static_cast<std::uint64_t>(purpose)));
}

/// Where a number lives: counter words are (row, element within the row, draw with chain or particle, site hash).
struct RandomAddress {
  std::uint32_t row = 0;
  std::uint32_t element = 0;
  std::uint32_t draw = 0;
  std::uint32_t site = 0;
};

/// Two 64-bit words of one block; word0 = r0 | r1 << 32, word1 = r2 | r3 << 32.
constexpr std::array<std::uint64_t, 2> philox(std::uint64_t key, RandomAddress address) noexcept {
  std::uint32_t c0 = address.row, c1 = address.element, c2 = address.draw, c3 = address.site;
  std::uint32_t k0 = static_cast<std::uint32_t>(key), k1 = static_cast<std::uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = std::uint64_t{0xD2511F53} * c0;
    const std::uint64_t p1 = std::uint64_t{0xCD9E8D57} * c2;
    c0 = static_cast<std::uint32_t>(p1 >> 32) ^ c1 ^ k0;
    c1 = static_cast<std::uint32_t>(p1);
    c2 = static_cast<std::uint32_t>(p0 >> 32) ^ c3 ^ k1;
    c3 = static_cast<std::uint32_t>(p0);
    k0 += 0x9E3779B9;
    k1 += 0xBB67AE85;
  }
  return {c0 | (std::uint64_t{c1} << 32), c2 | (std::uint64_t{c3} << 32)};
}

/// Uniform on the open unit interval from the top 52 bits: ((w >> 12) + 0.5) 2^-52.
constexpr double to_uniform(std::uint64_t word) noexcept { return (static_cast<double>(word >> 12) + 0.5) * 0x1.0p-52; }

/// A sequential engine inside one address, for samplers that reject (64-bit, fits Boost.Random).
/// Block b > 0 keeps the address and uses the key splitmix64(key + b), so no other address is touched.
class PhiloxStream {
 public:
  using result_type = std::uint64_t;
  PhiloxStream(std::uint64_t key, RandomAddress address) noexcept : key_(key), address_(address) {}
  static constexpr result_type min() { return 0; }
  static constexpr result_type max() { return ~result_type{0}; }
  result_type operator()() noexcept {
    if (half_ == 0) words_ = philox(block_ == 0 ? key_ : splitmix64(key_ + block_), address_);
    const auto word = words_[half_];
    half_ ^= 1u;
    if (half_ == 0) ++block_;
    return word;
  }

 private:
  std::uint64_t key_;
  RandomAddress address_;
  std::uint64_t block_ = 0;
  unsigned half_ = 0;
  std::array<std::uint64_t, 2> words_{};
};

}  // namespace dolab
