#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "dolab/error.hpp"
#include "io/zstd_decoder.hpp"

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
  const std::string good = frame(content, 3, true);
  REQUIRE(content.size() > 1000);
  CHECK_THROWS_AS(decode_zstd(good, content.size() - 1), dolab::Error);
  CHECK(decode_zstd(good, content.size()) == content);
  for (std::size_t cut = 0; cut < good.size(); cut += 1 + good.size() / 97) {
    CHECK_THROWS_AS(decode_zstd(good.substr(0, cut)), dolab::Error);
  }
  for (std::size_t at = 0; at < good.size(); at += 1 + good.size() / 997) {
    for (const char flip : {'\x01', '\x80'}) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ flip);
      std::string found = content;  // bits that mean nothing may change
      std::string code = "E1007";
      try {
        found = decode_zstd(bad, 2 * content.size());
      } catch (const dolab::Error& error) {
        code = error.code();
      }
      REQUIRE(found == content);
      REQUIRE(code == "E1007");
    }
  }
}

#endif
