#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <random>
#include <string>

#include "io/number_text.hpp"

using dolab::io::number_text;
using dolab::io::parse_number;
using dolab::io::parse_number_prefix;

namespace {

std::uint64_t bits(double x) {
  std::uint64_t b;
  std::memcpy(&b, &x, sizeof b);
  return b;
}

void check_like_strtod(const std::string& text) {
  const auto value = parse_number(text);
  INFO(text);
  REQUIRE(value.has_value());
  REQUIRE(bits(*value) == bits(std::strtod(text.c_str(), nullptr)));
}

}  // namespace

TEST_CASE("numbers are read correctly rounded", "[io]") {
  for (const char* text : {"0",
                           "-0",
                           "1",
                           "0.1",
                           "1e22",
                           "1e23",
                           "-1e-22",
                           "9007199254740993",
                           "9007199254740992.5",
                           "9007199254740993.0000000000000000000000001",
                           "179769313486231570e291",
                           "1e309",
                           "-1e309",
                           "4.9e-324",
                           "2.4703282292062327e-324",
                           "2.4703282292062328e-324",
                           "2.2250738585072011e-308",
                           "0.000000000000000000000000000000000000000001",
                           "123456789012345678901234567890",
                           "1.",
                           ".5",
                           "5e-28",
                           "18446744073709551615e27",
                           "18446744073709551615e-27",
                           "1e-400",
                           "1e+5",
                           "1E5",
                           "00000000000000000000000000000001",
                           "0.50000000000000000000000000000000000000000001"}) {
    check_like_strtod(text);
  }
  std::mt19937_64 random(7);
  char text[80];
  for (int i = 0; i < 20000; ++i) {
    double any;
    const std::uint64_t word = random();
    std::memcpy(&any, &word, sizeof any);
    if (!std::isfinite(any)) continue;
    std::snprintf(text, sizeof text, "%.*g", static_cast<int>(random() % 20 + 1), any);
    check_like_strtod(text);
    std::snprintf(text, sizeof text, "%llu.%llu", static_cast<unsigned long long>(random() >> random() % 64),
                  static_cast<unsigned long long>(random() >> random() % 64));
    check_like_strtod(text);
    std::snprintf(text, sizeof text, "%llue%d", static_cast<unsigned long long>(random() >> random() % 64),
                  static_cast<int>(random() % 80) - 40);
    check_like_strtod(text);
    // Exactly half-way between two doubles.
    std::snprintf(text, sizeof text, "%llu.5", static_cast<unsigned long long>((1ull << 52) + (random() >> 12)));
    check_like_strtod(text);
  }
}

TEST_CASE("what is no number is refused", "[io]") {
  for (const char* text : {"", " ", "-", "+", ".", "e5", "1e", "1e+", "1,5", "0x10", "1 2", "1.2.3", "nan", "--1", "in",
                           "infinit", "1_000", "one"}) {
    INFO(text);
    CHECK_FALSE(parse_number(text).has_value());
  }
  CHECK(parse_number(" 12\t").value() == 12.0);
  CHECK(parse_number("-INF").value() == -std::numeric_limits<double>::infinity());
  CHECK(parse_number("Infinity").value() == std::numeric_limits<double>::infinity());
}

TEST_CASE("whole numbers are recognised while they are exact", "[io]") {
  const auto is_integer = [](const std::string& text) {
    return parse_number_prefix(text.data(), text.data() + text.size()).is_integer;
  };
  CHECK(is_integer("-12"));
  CHECK(is_integer("9007199254740992"));
  CHECK_FALSE(is_integer("9007199254740994"));
  CHECK_FALSE(is_integer("1.0"));
  CHECK_FALSE(is_integer("1e3"));
  const std::string text = "12e,3";
  const auto prefix = parse_number_prefix(text.data(), text.data() + text.size());
  CHECK(prefix.end == text.data() + 2);
}

TEST_CASE("printed numbers read back as the same bits", "[io]") {
  CHECK(number_text(0.1) == "0.1");
  CHECK(number_text(1.0) == "1");
  CHECK(number_text(-0.0) == "-0");
  CHECK(number_text(1e300) == "1e+300");
  CHECK(number_text(std::nan("")) == "nan");
  CHECK(number_text(-std::numeric_limits<double>::infinity()) == "-inf");
  std::mt19937_64 random(11);
  for (int i = 0; i < 20000; ++i) {
    double any;
    const std::uint64_t word = random();
    std::memcpy(&any, &word, sizeof any);
    if (!std::isfinite(any)) continue;
    REQUIRE(bits(parse_number(number_text(any)).value()) == bits(any));
  }
}
