// The little Unicode that a lexer needs: decoding, letters of identifiers, compatibility forms.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dolab::lang {

struct CodePoint {
  std::uint32_t value = 0;
  int length = 0;  // bytes; 0 for an invalid sequence
};

/// Strict UTF-8 (no overlong forms, surrogates or values above U+10FFFF).
CodePoint decode_utf8(std::string_view text, std::size_t at) noexcept;
void append_utf8(std::string& out, std::uint32_t value);
std::int64_t count_code_points(std::string_view text) noexcept;

/// Approximation of XID_Start for non-ASCII characters: everything but spaces, punctuation,
/// symbols, combining marks and number forms.
bool is_identifier_start(std::uint32_t value) noexcept;
/// As above, plus combining marks and decimal digits of other scripts.
bool is_identifier_part(std::uint32_t value) noexcept;

/// NFKC for the forms that occur in models: micro sign, Greek symbol variants, full-width and
/// mathematical letters, letter-like symbols. Other characters are returned unchanged.
std::uint32_t fold_compatibility(std::uint32_t value) noexcept;

}  // namespace dolab::lang
