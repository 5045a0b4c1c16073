#include "io/deflate.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "io/codec.hpp"

namespace dolab::io {
namespace {

constexpr std::size_t kWindow = 32768, kLongest = 258, kShortest = 4;
constexpr int kHashBits = 15;

/// Bits from the lowest of the first byte on.
class BitWriter {
 public:
  explicit BitWriter(std::string& out) : out_(out) {}
  void write(std::uint32_t value, int count) {
    held_ |= static_cast<std::uint64_t>(value) << bits_;
    bits_ += count;
    for (; bits_ >= 8; bits_ -= 8, held_ >>= 8) out_.push_back(static_cast<char>(held_ & 255));
  }
  /// A code of Huffman's: its highest bit comes first.
  void code(std::uint32_t value, int count) {
    std::uint32_t turned = 0;
    for (int i = 0; i < count; ++i) turned |= ((value >> i) & 1) << (count - 1 - i);
    write(turned, count);
  }
  void align() {
    if (bits_ > 0) write(0, 8 - bits_);
  }

 private:
  std::string& out_;
  std::uint64_t held_ = 0;
  int bits_ = 0;
};

/// A literal, length or end of block in the fixed code (RFC 1951, section 3.2.6).
void write_symbol(BitWriter& out, std::uint32_t symbol) {
  if (symbol < 144) {
    out.code(0x30 + symbol, 8);
  } else if (symbol < 256) {
    out.code(0x190 + symbol - 144, 9);
  } else if (symbol < 280) {
    out.code(symbol - 256, 7);
  } else {
    out.code(0xc0 + symbol - 280, 8);
  }
}

/// Codes whose extra bits grow by one every `group` codes (section 3.2.5).
struct Extra {
  std::uint32_t code, value;
  int bits;
};
Extra extra_of(std::uint32_t distance_from_first, std::uint32_t group_bits) {
  std::uint32_t bits = 0;
  while ((distance_from_first >> bits) >= (2U << group_bits)) ++bits;
  return {(bits << group_bits) + (distance_from_first >> bits), distance_from_first & ((1U << bits) - 1),
          static_cast<int>(bits)};
}

void write_match(BitWriter& out, std::size_t length, std::size_t distance) {
  if (length == kLongest) {
    write_symbol(out, 285);
  } else {
    const Extra extra = extra_of(static_cast<std::uint32_t>(length - 3), 2);
    write_symbol(out, 257 + extra.code);
    out.write(extra.value, extra.bits);
  }
  const Extra extra = extra_of(static_cast<std::uint32_t>(distance - 1), 1);
  out.code(extra.code, 5);
  out.write(extra.value, extra.bits);
}

std::size_t hash_at(const char* bytes) noexcept {
  std::uint32_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return (word * 2654435761U) >> (32 - kHashBits);
}

void write_fixed(std::string_view bytes, std::string& out) {
  BitWriter writer(out);
  writer.write(3, 3);  // the last block, fixed codes
  std::vector<std::size_t> latest(std::size_t{1} << kHashBits, bytes.size());
  std::size_t at = 0;
  while (at < bytes.size()) {
    std::size_t length = 0, from = 0;
    if (at + kShortest <= bytes.size()) {
      std::size_t& seen = latest[hash_at(bytes.data() + at)];
      from = seen;
      seen = at;
      if (from < at && at - from <= kWindow) {
        const std::size_t most = std::min(kLongest, bytes.size() - at);
        while (length < most && bytes[from + length] == bytes[at + length]) ++length;
      }
    }
    if (length >= kShortest) {
      write_match(writer, length, at - from);
      at += length;
    } else {
      write_symbol(writer, static_cast<unsigned char>(bytes[at++]));
    }
  }
  write_symbol(writer, 256);
  writer.align();
}

void write_stored(std::string_view bytes, std::string& out) {
  do {
    const auto count = static_cast<std::uint32_t>(std::min<std::size_t>(bytes.size(), 65535));
    out.push_back(count == bytes.size() ? '\1' : '\0');
    for (const std::uint32_t value : {count, count ^ 0xffffU}) {
      out.push_back(static_cast<char>(value & 255));
      out.push_back(static_cast<char>(value >> 8));
    }
    out.append(bytes.substr(0, count));
    bytes.remove_prefix(count);
  } while (!bytes.empty());
}

}  // namespace

std::string deflate_gzip(std::string_view bytes) {
  const std::string header("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
  std::string out = header;
  write_fixed(bytes, out);
  if (out.size() > bytes.size() + bytes.size() / 65535 * 5 + 15) {
    out = header;
    write_stored(bytes, out);
  }
  for (const auto value : {crc32_of(bytes), static_cast<std::uint32_t>(bytes.size() & 0xffffffffU)}) {
    for (int i = 0; i < 4; ++i) out.push_back(static_cast<char>((value >> (8 * i)) & 255));
  }
  return out;
}

}  // namespace dolab::io
