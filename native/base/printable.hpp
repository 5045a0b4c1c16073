// Text of others (names, cells, paths, model lines) made fit for a terminal and for JSON.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dolab {

/// `text` as well-formed UTF-8 without control and bidirectional characters: each such character, and each byte that
/// is part of none, becomes \x1b or \u{202e}. Line feeds and tabs stay if `lines`.
std::string printable(std::string_view text, bool lines = false);

/// Well-formed `text` itself if it has at most `limit` bytes, else its start and end around an ellipsis.
std::string shortened(std::string text, std::size_t limit);

/// `text` between quotation marks.
inline std::string quoted(const std::string& text) { return "\"" + text + "\""; }

}  // namespace dolab
