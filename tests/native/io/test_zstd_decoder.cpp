#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "io/zstd_decoder.hpp"
#include "tests/native/io/damaged_streams.hpp"

#if __has_include(<zstd.h>)
#include <zstd.h>

namespace {

using dolab::io::decode_zstd;

/// One frame at a level of compression, with or without a checksum.
std::string frame(const std::string& content, int level, bool checked) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, checked ? 1 : 0);
  std::string out(ZSTD_compressBound(content.size()), '\0');
  out.resize(ZSTD_compress2(context, out.data(), out.size(), content.data(), content.size()));
  ZSTD_freeCCtx(context);
  return out;
}

std::uint32_t noise(std::uint32_t i) {
  std::uint32_t x = i * 2654435761U + 12345U;
  x ^= x >> 15;
  x *= 2246822519U;
  return x ^ (x >> 13);
}

/// Texts, numbers, noise and repetitions of many lengths: every kind of block, literals and table.
std::vector<std::string> contents() {
  std::vector<std::string> all = {"", "a", std::string(100000, 'z')};
  for (const int size : {5, 40, 300, 2000, 30000, 200000, 700000}) {
    std::string text, numbers, random, mixed;
    for (int i = 0; static_cast<int>(text.size()) < size; ++i) text += "site[" + std::to_string(noise(i) % 97) + "], ";
    for (int i = 0; i < size / 8; ++i) {
      const double value = static_cast<double>(noise(i) % 1000) / 7.0;
      numbers.append(reinterpret_cast<const char*>(&value), 8);
    }
    for (int i = 0; i < size; ++i) random.push_back(static_cast<char>(noise(i)));
    for (int i = 0; i < size; ++i) mixed.push_back(static_cast<char>(noise(i) % (1 + noise(i / 500) % 40)));
    all.insert(all.end(), {text, numbers, random, mixed, text + random + text});
  }
  return all;
}

}  // namespace

TEST_CASE("frames of the library are decoded, at every level", "[io][zstd]") {
  for (const std::string& content : contents()) {
    for (const int level : {-5, 1, 3, 9, 19}) {
      if (level == 19 && content.size() > 300000) continue;
      INFO(content.size() << " bytes at level " << level);
      REQUIRE(decode_zstd(frame(content, level, level != 3)) == content);
    }
  }
  const std::string two =
      frame("one ", 1, true) + std::string("\x50\x2a\x4d\x18\x02\0\0\0xy", 10) + frame("two", 1, false);
  CHECK(decode_zstd(two) == "one two");
}

TEST_CASE("damaged frames are refused, and never more is made than allowed", "[io][zstd]") {
  const std::string content = contents()[22];
  const auto decode = [](const std::string& bytes, std::size_t most) { return decode_zstd(bytes, most); };
  dolab::testing::check_damage(decode, content, frame(content, 3, true), "\x01\x80");
}

#endif
