// JSON that may come from anywhere.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace dolab::io {

/// Parses a JSON text of at most 64 levels, keys in their order. `source` is the name used in messages. Throws
/// E1005 with line and column for broken text, and for a key that one object has twice.
nlohmann::ordered_json parse_json(std::string_view text, const std::string& source);

}  // namespace dolab::io
