#include <zlib.h>
#include <zstd.h>

#include <catch2/catch.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "dolab/error.hpp"
#include "io/codec.hpp"

using dolab::Error;
using dolab::io::Codec;
using dolab::io::compress;
using dolab::io::decompress;
using dolab::io::decompress_unsized;

namespace {

std::uint32_t noise(std::uint32_t i) {
  std::uint32_t x = i * 2654435761U + 12345U;
  x ^= x >> 15;
  x *= 2246822519U;
  return x ^ (x >> 13);
}

/// Texts, numbers, noise and repetitions of many lengths.
std::vector<std::string> contents() {
  std::vector<std::string> all = {"", "a", std::string(100000, 'z')};
  for (const std::uint32_t size : {5U, 40U, 2000U, 200000U}) {
    std::string text, numbers, random;
    for (std::uint32_t i = 0; text.size() < size; ++i) text += "site[" + std::to_string(noise(i) % 97) + "], ";
    for (std::uint32_t i = 0; i < size / 8; ++i) {
      const double value = static_cast<double>(noise(i) % 1000) / 7.0;
      numbers.append(reinterpret_cast<const char*>(&value), 8);
    }
    for (std::uint32_t i = 0; i < size; ++i) random.push_back(static_cast<char>(noise(i)));
    all.insert(all.end(), {text, numbers, random, text + random + text});
  }
  return all;
}

/// A stream by zlib: raw (window -15) or gzip (31).
std::string deflated(const std::string& content, int level, int window) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, level, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, static_cast<uLong>(content.size())) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

/// "none", or the code of the error.
template <class Work>
std::string code_of_work(const Work& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.code();
  }
  return "none";
}

}  // namespace

TEST_CASE("what is compressed comes back, of known size and of unknown", "[io][codec]") {
  for (const Codec codec : {Codec::none, Codec::gzip, Codec::zstd}) {
    for (const std::string& content : contents()) {
      const std::string packed = compress(codec, content);
      INFO(content.size() << " bytes by " << dolab::io::codec_name(codec));
      REQUIRE(decompress(codec, packed, content.size()) == content);
      REQUIRE(decompress_unsized(codec, packed) == content);
      REQUIRE(code_of_work([&] { decompress(codec, packed, content.size() + 1); }) == "E1007");
      if (!content.empty()) REQUIRE(code_of_work([&] { decompress(codec, packed, content.size() - 1); }) == "E1007");
      REQUIRE(packed.size() <= content.size() + content.size() / 1000 + 64);
    }
    const std::string zeros(1 << 20, '\0');
    CHECK((codec == Codec::none || compress(codec, zeros).size() < 2000));
    std::string random, exponents;
    for (std::uint32_t i = 0; i < 400000; ++i) random.push_back(static_cast<char>(noise(i)));
    for (std::uint32_t i = 0; i < 400000; ++i) exponents.push_back(static_cast<char>(i % 8 == 7 ? 0x3f : noise(i)));
    CHECK(decompress(codec, compress(codec, random), random.size()) == random);
    CHECK(decompress(codec, compress(codec, exponents), exponents.size()) == exponents);
    CHECK((codec == Codec::none || compress(codec, exponents).size() < exponents.size() * 97 / 100));
  }
}

TEST_CASE("streams by others are read, whatever their level", "[io][codec]") {
  for (const std::string& content : contents()) {
    for (const int level : {0, 1, 9}) {
      INFO(content.size() << " bytes at level " << level);
      REQUIRE(decompress(Codec::gzip, deflated(content, level, 31), content.size()) == content);
      REQUIRE(dolab::io::inflate_raw(deflated(content, level, -15), content.size()) == content);
    }
    std::string frame(ZSTD_compressBound(content.size()), '\0');  // without a checksum
    frame.resize(ZSTD_compress(frame.data(), frame.size(), content.data(), content.size(), 9));
    REQUIRE(decompress(Codec::zstd, frame, content.size()) == content);
  }
  const std::string two = deflated("one ", 6, 31) + deflated("two", 6, 31);
  CHECK(dolab::io::gunzip(two) == "one two");
  CHECK(dolab::io::gunzip(two + std::string(5, '\0')) == "one two");
  CHECK(code_of_work([&] { dolab::io::gunzip(two + "rest"); }) == "E1001");
}

TEST_CASE("damaged streams are refused, and never more is made than allowed", "[io][codec]") {
  const std::string content = contents().back().substr(0, 150000);
  for (const Codec codec : {Codec::gzip, Codec::zstd}) {
    const std::string good = compress(codec, content);
    for (std::size_t cut = 0; cut < good.size(); cut += 1 + good.size() / 97) {
      const std::string part = good.substr(0, cut);
      INFO(dolab::io::codec_name(codec) << " cut at " << cut);
      REQUIRE(code_of_work([&] { decompress(codec, part, content.size()); }) == "E1007");
      if (cut > 0) REQUIRE(code_of_work([&] { decompress_unsized(codec, part); }) == "E1007");
    }
    for (std::size_t at = 0; at < good.size(); at += 1 + good.size() / 997) {
      std::string bad = good, found = content;
      bad[at] = static_cast<char>(bad[at] ^ 0x04);
      const std::string code = code_of_work([&] { found = decompress(codec, bad, content.size()); });
      REQUIRE((code == "E1007" || code == "none"));
      REQUIRE(found == content);  // bits that mean nothing may change
    }
    CHECK(code_of_work([&] { decompress(codec, good, SIZE_MAX / 4); }) == "E1007");
  }
}

TEST_CASE("the checksum of archives is that of the standard", "[io][codec]") {
  CHECK(dolab::io::crc32_of("123456789") == 0xCBF43926U);
  CHECK(dolab::io::crc32_of("") == 0U);
}
