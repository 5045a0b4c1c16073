// Numbers as text, exactly: reading is correctly rounded, writing reads back as the same bits.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dolab::io {

struct ParsedNumber {
  double value = 0.0;
  bool is_integer = false;    // digits only, and exactly representable
  const char* end = nullptr;  // first character not consumed; nullptr: no number starts here
};

/// Reads the longest decimal number at `begin`: [+-] digits [. digits] [e [+-] digits], or inf/infinity in any
/// case. The decimal mark is always a point. Rounds to nearest even; overflow gives infinity.
ParsedNumber parse_number_prefix(const char* begin, const char* end) noexcept;

/// The whole text as a number (surrounding blanks allowed), or nothing.
std::optional<double> parse_number(std::string_view text) noexcept;

/// Shortest of the %.15g, %.16g and %.17g forms that reads back as the same bits; "nan", "inf", "-inf".
std::string number_text(double value);

}  // namespace dolab::io
