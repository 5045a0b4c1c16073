#include "base/byte_store.hpp"

namespace dolab {

bool is_valid_key(std::string_view key) noexcept {
  if (key.empty()) return false;
  std::size_t begin = 0;
  while (begin <= key.size()) {
    std::size_t end = key.find('/', begin);
    if (end == std::string_view::npos) end = key.size();
    const std::string_view part = key.substr(begin, end - begin);
    if (part.empty() || part == "." || part == "..") return false;
    for (const char c : part) {
      if (c == '\\' || static_cast<unsigned char>(c) < 0x20) return false;
    }
    begin = end + 1;
  }
  return true;
}

}  // namespace dolab
