#include "io/number_text.hpp"

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>

namespace dolab::io {

namespace {

__extension__ typedef unsigned __int128 Wide;

constexpr double kPowersOfTen[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                   1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
constexpr int kMaxExactPower = 27;  // 5^27 < 2^63
constexpr std::uint64_t kExactLimit = std::uint64_t{1} << 53;

struct PowersOfFive {
  std::uint64_t of[kMaxExactPower + 1] = {};
  constexpr PowersOfFive() {
    of[0] = 1;
    for (int i = 1; i <= kMaxExactPower; ++i) of[i] = of[i - 1] * 5;
  }
};
constexpr PowersOfFive kFive;

int bit_length(Wide x) noexcept {
  const auto high = static_cast<std::uint64_t>(x >> 64);
  const auto low = static_cast<std::uint64_t>(x);
  if (high != 0) return 128 - __builtin_clzll(high);
  return low == 0 ? 0 : 64 - __builtin_clzll(low);
}

/// x * 2^shift (plus a little if `sticky`) rounded to nearest even. The result must be a normal number.
double round_to_double(Wide x, int shift, bool sticky) noexcept {
  const int drop = bit_length(x) - 53;
  if (drop <= 0) return std::ldexp(static_cast<double>(static_cast<std::uint64_t>(x)), shift);
  auto kept = static_cast<std::uint64_t>(x >> drop);
  const Wide rest = x & ((Wide{1} << drop) - 1);
  const Wide half = Wide{1} << (drop - 1);
  if (rest > half || (rest == half && (sticky || (kept & 1) != 0))) ++kept;
  return std::ldexp(static_cast<double>(kept), shift + drop);
}

/// digits * 10^power for digits < 2^64 and |power| <= 27, with exact integer arithmetic.
double scale_exactly(std::uint64_t digits, int power) noexcept {
  if (digits == 0) return 0.0;
  if (power >= 0) return round_to_double(Wide{digits} * kFive.of[power], power, false);
  // Shifted to the top of 128 bits, the quotient by 5^k < 2^63 has at least 65 bits, so the remainder only
  // decides ties.
  const Wide numerator = Wide{digits} << 64;
  const int up = 128 - bit_length(numerator);
  const Wide top = numerator << up;
  const std::uint64_t divisor = kFive.of[-power];
  const Wide quotient = top / divisor;
  return round_to_double(quotient, power - 64 - up, quotient * divisor != top);
}

/// Any length and exponent, by the C library; the mark is adapted to the process's locale by trying it.
double parse_slowly(const char* begin, const char* end) {
  std::string text(begin, end);
  char* stop = nullptr;
  double value = std::strtod(text.c_str(), &stop);
  if (*stop == '.') {
    text[static_cast<std::size_t>(stop - text.c_str())] = ',';
    value = std::strtod(text.c_str(), &stop);
  }
  return value;
}

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// Length of "inf" or "infinity" at p, or 0.
int infinity_length(const char* p, const char* end) noexcept {
  const char* word = "infinity";
  int matched = 0;
  while (p + matched < end && matched < 8 && (p[matched] | 0x20) == word[matched]) ++matched;
  return matched == 8 ? 8 : (matched >= 3 ? 3 : 0);
}

/// The exponent after 'e', moving p behind it; p stays if no digit follows. Saturates.
int read_exponent(const char*& p, const char* end) noexcept {
  const char* q = p + 1;
  bool negative = false;
  if (q < end && (*q == '-' || *q == '+')) negative = *q++ == '-';
  if (q >= end || !is_digit(*q)) return 0;
  int exponent = 0;
  for (; q < end && is_digit(*q); ++q) {
    if (exponent < 100000) exponent = exponent * 10 + (*q - '0');
  }
  p = q;
  return negative ? -exponent : exponent;
}

}  // namespace

ParsedNumber parse_number_prefix(const char* begin, const char* end) noexcept {
  const char* p = begin;
  bool negative = false;
  if (p < end && (*p == '-' || *p == '+')) negative = *p++ == '-';
  std::uint64_t digits = 0;
  int significant = 0;  // digits in `digits`, leading zeros not counted
  int power = 0;
  bool any = false;
  bool truncated = false;
  const auto take = [&](char c) {
    any = true;
    if (significant < 19) {
      digits = digits * 10 + static_cast<std::uint64_t>(c - '0');
      significant += digits != 0 ? 1 : 0;
      return true;
    }
    truncated = true;
    return false;
  };
  for (; p < end && is_digit(*p); ++p) {
    if (!take(*p)) ++power;
  }
  bool is_integer = any;
  if (p < end && *p == '.' && (any || (p + 1 < end && is_digit(p[1])))) {
    is_integer = false;
    for (++p; p < end && is_digit(*p); ++p) {
      if (take(*p)) --power;
    }
  }
  if (!any) {
    const int length = infinity_length(p, end);
    if (length == 0) return {};
    const double infinity = std::numeric_limits<double>::infinity();
    return {negative ? -infinity : infinity, false, p + length};
  }
  if (p < end && (*p == 'e' || *p == 'E')) {
    const char* before = p;
    power += read_exponent(p, end);
    if (p != before) is_integer = false;
  }
  double value;
  if (truncated || power > kMaxExactPower || power < -kMaxExactPower) {
    value = digits == 0 ? 0.0 : std::fabs(parse_slowly(begin, p));
  } else if (digits <= kExactLimit && power >= -22 && power <= 22) {
    const auto exact = static_cast<double>(digits);  // Clinger: both operands and so the rounding are exact
    value = power < 0 ? exact / kPowersOfTen[-power] : exact * kPowersOfTen[power];
  } else {
    value = scale_exactly(digits, power);
  }
  return {negative ? -value : value, is_integer && value <= static_cast<double>(kExactLimit), p};
}

std::optional<double> parse_number(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  const char* end = text.data() + text.size();
  const ParsedNumber number = parse_number_prefix(text.data(), end);
  if (text.empty() || number.end != end) return std::nullopt;
  return number.value;
}

std::string number_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  char buffer[40];
  for (int digits = 15; digits <= 17; ++digits) {
    std::snprintf(buffer, sizeof buffer, "%.*g", digits, value);
    for (char* c = buffer; *c != '\0'; ++c) {
      if (*c == ',') *c = '.';  // a host program may have set a locale
    }
    const std::optional<double> back = parse_number(buffer);
    if (back && *back == value) break;
  }
  return buffer;
}

}  // namespace dolab::io
