#include "io/json.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include "dolab/error.hpp"
#include "io/utf8.hpp"

namespace dolab::io {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kMaxDepth = 64;
constexpr std::size_t kMaxKeys = 20000;  // of one object; insertion into ordered_json is linear

/// Line and column of a 1-based byte position.
SourceSpan span_of(std::string_view text, std::size_t byte, const std::string& source) {
  const std::string_view before = text.substr(0, byte > 0 ? byte - 1 : 0);
  const std::size_t start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  const auto line = static_cast<int>(1 + std::count(before.begin(), before.end(), '\n'));
  const auto column = static_cast<int>(1 + count_code_points(before.substr(start)));
  return {source, line, column, line, column};
}

}  // namespace

Json parse_json(std::string_view text, const std::string& source) {
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  std::vector<std::set<std::string>> keys;
  int depth = 0;
  const auto refuse = [&source](const std::string& what) {
    throw Error("E1005", source + ": " + what, "", {source, 0, 0, 0, 0});
  };
  const auto watch = [&](int, Json::parse_event_t event, Json& parsed) {
    using Event = Json::parse_event_t;
    if (event == Event::object_start || event == Event::array_start) {
      if (++depth > kMaxDepth) refuse("JSON is nested more than 64 deep");
      if (event == Event::object_start) keys.emplace_back();
    } else if (event == Event::object_end || event == Event::array_end) {
      --depth;
      if (event == Event::object_end) keys.pop_back();
    } else if (event == Event::key) {
      const auto& key = parsed.get_ref<const std::string&>();
      if (!keys.back().insert(key).second) refuse("\"" + key + "\" is given twice");
      if (keys.back().size() > kMaxKeys) refuse("a JSON object has more than 20,000 keys");
    }
    return true;
  };
  try {
    return Json::parse(text.begin(), text.end(), watch);
  } catch (const Json::parse_error& error) {
    std::string reason = error.what();  // "[json.exception...] parse error at line 1, column 2: reason"
    const std::size_t colon = reason.find(": ");
    if (colon != std::string::npos) reason = reason.substr(colon + 2);
    const SourceSpan span = span_of(text, error.byte, source);
    const char last = error.byte > 0 && error.byte <= text.size() ? text[error.byte - 1] : '\0';
    const bool nan = last == 'N' || last == 'I';
    throw Error("E1005",
                source + ": broken JSON in line " + std::to_string(span.line) + ", column " +
                    std::to_string(span.column) + ": " + reason,
                nan ? "JSON has no NaN or Infinity; write null for a missing value" : "", span);
  } catch (const Json::out_of_range& error) {
    throw Error("E1005", source + ": a number in the JSON is out of range", "", {source, 0, 0, 0, 0});
  }
}

}  // namespace dolab::io
