#include "base/printable.hpp"

#include <cstdint>
#include <cstdio>

namespace dolab {

namespace {

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t bytes = 0;  // 0: ill-formed (RFC 3629)
};

CodePoint first_code_point(std::string_view text) noexcept {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return {lead, 1};
  const std::size_t bytes = (lead >> 5) == 6 ? 2 : (lead >> 4) == 14 ? 3 : (lead >> 3) == 30 ? 4 : 0;
  if (bytes == 0 || bytes > text.size()) return {};
  std::uint32_t value = lead & (0x7Fu >> bytes);
  for (std::size_t k = 1; k < bytes; ++k) {
    const auto next = static_cast<unsigned char>(text[k]);
    if ((next >> 6) != 2) return {};
    value = value << 6 | (next & 0x3Fu);
  }
  constexpr std::uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value < 0xE000;
  return value < kSmallest[bytes] || value > 0x10FFFF || surrogate ? CodePoint{} : CodePoint{value, bytes};
}

bool is_hidden(std::uint32_t code) noexcept {
  const bool control = code < 0x20 || (code >= 0x7F && code < 0xA0);
  const bool direction = (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) || code == 0x200E ||
                         code == 0x200F || code == 0x061C;
  return control || direction || code == 0x2028 || code == 0x2029;
}

bool continues(char c) noexcept { return (static_cast<unsigned char>(c) >> 6) == 2; }

}  // namespace

std::string printable(std::string_view text, bool lines) {
  std::string out;
  out.reserve(text.size());
  char escape[16];
  while (!text.empty()) {
    const CodePoint code = first_code_point(text);
    const std::size_t bytes = code.bytes > 0 ? code.bytes : 1;
    if (code.bytes == 0 ||
        (code.value < 0x80 && is_hidden(code.value) && !(lines && (code.value == '\n' || code.value == '\t')))) {
      std::snprintf(escape, sizeof escape, "\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(text.front())));
      out += escape;
    } else if (code.value >= 0x80 && is_hidden(code.value)) {
      std::snprintf(escape, sizeof escape, "\\u{%x}", static_cast<unsigned>(code.value));
      out += escape;
    } else {
      out += text.substr(0, bytes);
    }
    text.remove_prefix(bytes);
  }
  return out;
}

std::string shortened(std::string text, std::size_t limit) {
  if (text.size() <= limit) return text;
  std::size_t head = limit * 3 / 4, tail = text.size() - limit / 4;
  while (head > 0 && continues(text[head])) --head;
  while (tail < text.size() && continues(text[tail])) ++tail;
  return text.substr(0, head) + " ... " + text.substr(tail);
}

}  // namespace dolab
