// UTF-8 of names and text cells.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dolab::io {

/// Well-formed by RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_valid_utf8(std::string_view text) noexcept;

/// Code points in well-formed text (bytes that continue a character are not counted).
std::size_t count_code_points(std::string_view text) noexcept;

/// The longest prefix of at most `max_bytes` that does not cut a character.
std::string_view utf8_prefix(std::string_view text, std::size_t max_bytes) noexcept;

/// Appends the UTF-8 form of one code point; anything that is not one becomes U+FFFD.
void append_utf8(std::string& text, char32_t code_point);

}  // namespace dolab::io
