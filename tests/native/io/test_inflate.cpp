#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "io/codec.hpp"
#include "io/deflate.hpp"
#include "io/inflate.hpp"
#include "tests/native/io/damaged_streams.hpp"

#if __has_include(<zlib.h>)
#include <zlib.h>

namespace {

using dolab::io::inflate_gzip;
using dolab::io::inflate_stream;

/// A stream by zlib: raw (window -15) or gzip (31).
std::string deflated(const std::string& content, int level, int window, int strategy = Z_DEFAULT_STRATEGY) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, level, Z_DEFLATED, window, 8, strategy) == Z_OK);
  std::string out(deflateBound(&stream, content.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::uint32_t noise(std::uint32_t i) {
  std::uint32_t x = i * 2654435761U + 12345U;
  x ^= x >> 15;
  x *= 2246822519U;
  return x ^ (x >> 13);
}

std::vector<std::string> contents() {
  std::vector<std::string> all = {"", "a", std::string(100000, 'z')};
  for (const std::uint32_t size : {7U, 300U, 5000U, 200000U}) {
    std::string text, random;
    for (std::uint32_t i = 0; text.size() < size; ++i) text += "row " + std::to_string(noise(i) % 977) + ", ";
    for (std::uint32_t i = 0; i < size; ++i) random.push_back(static_cast<char>(noise(i)));
    all.insert(all.end(), {text, random, text + random + text});
  }
  return all;
}

}  // namespace

TEST_CASE("streams of zlib are inflated, whatever their blocks", "[io][inflate]") {
  for (const std::string& content : contents()) {
    for (const int level : {0, 1, 6, 9}) {
      INFO(content.size() << " bytes at level " << level);
      REQUIRE(inflate_stream(deflated(content, level, -15)) == content);
      REQUIRE(inflate_gzip(deflated(content, level, 31), content.size()) == content);
    }
    REQUIRE(inflate_stream(deflated(content, 6, -15, Z_FIXED)) == content);
  }
  const std::string two = deflated("one ", 6, 31) + deflated("two", 6, 31);
  CHECK(inflate_gzip(two) == "one two");
  CHECK(inflate_gzip(two + std::string(5, '\0')) == "one two");
}

TEST_CASE("what is deflated, zlib and we inflate", "[io][inflate]") {
  std::vector<std::string> all = contents();
  std::string lengths, flags;
  for (std::uint32_t i = 0; i < 3000; ++i) {
    lengths += std::string(i % 300, static_cast<char>('a' + i % 7)) + static_cast<char>(noise(i));
    flags += std::string(8, noise(i) % 2 == 0 ? '\0' : '\x3f');
  }
  all.insert(all.end(), {lengths, flags});
  for (const std::string& content : all) {
    const std::string packed = dolab::io::deflate_gzip(content);
    INFO(content.size() << " bytes, " << packed.size() << " packed");
    REQUIRE(inflate_gzip(packed) == content);
    REQUIRE(dolab::io::decompress(dolab::io::Codec::gzip, packed, content.size()) == content);
    REQUIRE(packed.size() <= content.size() + 5 * (content.size() / 65535 + 1) + 18);
  }
  CHECK(dolab::io::deflate_gzip(flags).size() < flags.size() / 2);
}

TEST_CASE("damaged streams are refused, and never more is made than allowed", "[io][inflate]") {
  const std::string content = contents()[11];
  const auto decode = [](const std::string& bytes, std::size_t most) { return inflate_gzip(bytes, most); };
  dolab::testing::check_damage(decode, content, deflated(content, 6, 31), "\x04");
}

#endif
