#include "io/inflate.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "dolab/error.hpp"
#include "io/codec.hpp"

namespace dolab::io {
namespace {

[[noreturn]] void refuse() { throw Error("E1007", "damaged gzip data"); }

void require(bool condition) {
  if (!condition) refuse();
}

/// Bits from the lowest of the first byte on.
class Bits {
 public:
  explicit Bits(std::string_view bytes) : bytes_(bytes) {}
  int read(int count) {
    while (held_ < count) {
      require(next_ < bytes_.size());
      value_ |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes_[next_++])) << held_;
      held_ += 8;
    }
    const auto result = static_cast<int>(value_ & ((1U << count) - 1));
    value_ >>= count;
    held_ -= count;
    return result;
  }
  /// Drops the rest of a byte, and returns where the next one is.
  std::size_t align() noexcept {
    next_ -= static_cast<std::size_t>(held_ / 8);
    value_ = 0;
    held_ = 0;
    return next_;
  }
  std::string_view take(std::size_t count) {
    align();
    require(count <= bytes_.size() - next_);
    next_ += count;
    return bytes_.substr(next_ - count, count);
  }

 private:
  std::string_view bytes_;
  std::size_t next_ = 0;
  std::uint32_t value_ = 0;
  int held_ = 0;
};

/// A canonical prefix code, decoded bit by bit by the counts of its lengths (RFC 1951, section 3.2.2).
class PrefixCode {
 public:
  explicit PrefixCode(const std::vector<int>& lengths) {
    for (const int length : lengths) ++counts_[static_cast<std::size_t>(length)];
    counts_[0] = 0;
    std::array<int, 17> first{};
    int room = 1;
    for (std::size_t length = 1; length < 16; ++length) {
      room = 2 * room - counts_[length];
      require(room >= 0);
      first[length + 1] = first[length] + counts_[length];
    }
    symbols_.resize(lengths.size());
    for (std::size_t symbol = 0; symbol < lengths.size(); ++symbol) {
      const auto length = static_cast<std::size_t>(lengths[symbol]);
      if (length > 0) symbols_[static_cast<std::size_t>(first[length]++)] = static_cast<int>(symbol);
    }
  }

  int decode(Bits& bits) const {
    int code = 0, first = 0, index = 0;
    for (std::size_t length = 1; length < 16; ++length) {
      code |= bits.read(1);
      if (code - first < counts_[length]) return symbols_[static_cast<std::size_t>(index + code - first)];
      index += counts_[length];
      first = (first + counts_[length]) << 1;
      code <<= 1;
    }
    refuse();
  }

 private:
  std::array<int, 16> counts_{};
  std::vector<int> symbols_;
};

void copy(std::string& out, std::size_t distance, std::size_t count, std::size_t most) {
  require(distance <= out.size() && count <= most - out.size());
  const std::size_t from = out.size() - distance;
  for (std::size_t i = 0; i < count; ++i) out.push_back(out[from + i]);  // the two may overlap
}

void coded_block(Bits& bits, const PrefixCode& literals, const PrefixCode& distances, std::string& out,
                 std::size_t most) {
  static constexpr int kLength[] = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                    31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
  static constexpr int kLengthBits[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                        2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
  static constexpr int kDistance[] = {1,    2,    3,    4,    5,    7,    9,    13,    17,    25,
                                      33,   49,   65,   97,   129,  193,  257,  385,   513,   769,
                                      1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
  for (;;) {
    const int symbol = literals.decode(bits);
    if (symbol == 256) return;
    if (symbol < 256) {
      require(out.size() < most);
      out.push_back(static_cast<char>(symbol));
      continue;
    }
    require(symbol < 286);
    const int length = kLength[symbol - 257] + bits.read(kLengthBits[symbol - 257]);
    const int code = distances.decode(bits);
    require(code < 30);
    const int distance = kDistance[code] + bits.read(code < 4 ? 0 : code / 2 - 1);
    copy(out, static_cast<std::size_t>(distance), static_cast<std::size_t>(length), most);
  }
}

void fixed_block(Bits& bits, std::string& out, std::size_t most) {
  std::vector<int> lengths(288, 8);
  std::fill(lengths.begin() + 144, lengths.begin() + 256, 9);
  std::fill(lengths.begin() + 256, lengths.begin() + 280, 7);
  static const PrefixCode literals(lengths), distances(std::vector<int>(30, 5));
  coded_block(bits, literals, distances, out, most);
}

void dynamic_block(Bits& bits, std::string& out, std::size_t most) {
  static constexpr std::size_t kOrder[] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
  const auto literals = 257 + static_cast<std::size_t>(bits.read(5));
  const auto distances = 1 + static_cast<std::size_t>(bits.read(5));
  const int count = bits.read(4) + 4;
  std::vector<int> lengths(19, 0);
  for (int i = 0; i < count; ++i) lengths[kOrder[i]] = bits.read(3);
  const PrefixCode code(lengths);
  lengths.clear();
  while (lengths.size() < literals + distances) {
    const int symbol = code.decode(bits);
    if (symbol < 16) {
      lengths.push_back(symbol);
      continue;
    }
    require(symbol > 16 || !lengths.empty());
    const int value = symbol == 16 ? lengths.back() : 0;
    const int times = symbol == 16 ? 3 + bits.read(2) : symbol == 17 ? 3 + bits.read(3) : 11 + bits.read(7);
    lengths.insert(lengths.end(), static_cast<std::size_t>(times), value);
  }
  require(lengths.size() == literals + distances && lengths[256] > 0);
  const auto middle = lengths.begin() + static_cast<std::ptrdiff_t>(literals);
  coded_block(bits, PrefixCode({lengths.begin(), middle}), PrefixCode({middle, lengths.end()}), out, most);
}

std::uint32_t word_at(std::string_view bytes, std::size_t at) {
  require(at + 4 <= bytes.size());
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i)
    value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  return value;
}

/// Length of a member's header.
std::size_t header_size(std::string_view bytes) {
  require(bytes.size() >= 10 && looks_gzipped(bytes) && bytes[2] == 8);
  const int flags = static_cast<unsigned char>(bytes[3]);
  std::size_t at = 10;
  if ((flags & 4) != 0) {
    require(bytes.size() >= at + 2);
    at += 2U + static_cast<unsigned char>(bytes[at]) + 256U * static_cast<unsigned char>(bytes[at + 1]);
  }
  for (const int name : {8, 16}) {
    if ((flags & name) == 0) continue;
    at = bytes.find('\0', std::min(at, bytes.size()));
    require(at != std::string_view::npos);
    ++at;
  }
  if ((flags & 2) != 0) at += 2;
  require(at <= bytes.size());
  return at;
}

}  // namespace

std::string inflate_stream(std::string_view bytes, std::size_t most, std::size_t* used) {
  Bits bits(bytes);
  std::string out;
  for (bool last = false; !last;) {
    last = bits.read(1) != 0;
    switch (bits.read(2)) {
      case 0: {
        const std::string_view size = bits.take(4);
        const auto byte = [&size](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(size[i])); };
        const unsigned length = byte(0) | (byte(1) << 8);
        require((length ^ (byte(2) | (byte(3) << 8))) == 0xffff && length <= most - out.size());
        out.append(bits.take(length));
        break;
      }
      case 1:
        fixed_block(bits, out, most);
        break;
      case 2:
        dynamic_block(bits, out, most);
        break;
      default:
        refuse();
    }
  }
  if (used != nullptr) *used = bits.align();
  return out;
}

std::string inflate_gzip(std::string_view bytes, std::size_t most) {
  std::string out;
  do {
    bytes.remove_prefix(header_size(bytes));
    std::size_t used = 0;
    const std::string content = inflate_stream(bytes, most - out.size(), &used);
    require(word_at(bytes, used) == crc32_of(content));
    require(word_at(bytes, used + 4) == static_cast<std::uint32_t>(content.size() & 0xffffffffU));
    bytes.remove_prefix(used + 8);
    out += content;
  } while (!bytes.empty() && bytes.front() != '\0');
  return out;
}

}  // namespace dolab::io
