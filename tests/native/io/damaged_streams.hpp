// What a decoder of compressed bytes does with damage.
#pragma once

#include <catch2/catch.hpp>
#include <cstdint>
#include <string>

#include "dolab/error.hpp"

namespace dolab::testing {

/// `decode(bytes, most)` gives at most `most` bytes. `good` decodes to `content`; cut short it throws, and so does a
/// flipped bit, unless it meant nothing.
template <class Decode>
void check_damage(const Decode& decode, const std::string& content, const std::string& good, const std::string& flips) {
  REQUIRE(content.size() > 1000);
  CHECK_THROWS_AS(decode(good, content.size() - 1), Error);
  CHECK(decode(good, content.size()) == content);
  for (std::size_t cut = 0; cut < good.size(); cut += 1 + good.size() / 97) {
    CHECK_THROWS_AS(decode(good.substr(0, cut), SIZE_MAX), Error);
  }
  for (std::size_t at = 0; at < good.size(); at += 1 + good.size() / 997) {
    for (const char flip : flips) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ flip);
      std::string found = content;  // bits that mean nothing may change
      std::string code = "E1007";
      try {
        found = decode(bad, 2 * content.size());
      } catch (const Error& error) {
        code = error.code();
      }
      REQUIRE(found == content);
      REQUIRE(code == "E1007");
    }
  }
}

}  // namespace dolab::testing
