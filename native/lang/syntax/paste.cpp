#include "lang/syntax/paste.hpp"

#include <algorithm>

namespace dolab::lang {
namespace {

// Bytes up to the end of the prompt, 0 without prompt, -1 for a blank line.
int prompt_length(const std::string& line, bool& primary) {
  const std::size_t first = line.find_first_not_of(" \t");
  if (first == std::string::npos) return -1;
  primary = line.compare(first, 3, ">>>") == 0;
  if (!primary && line.compare(first, 3, "...") != 0) return 0;
  const std::size_t after = first + 3;
  if (after < line.size() && line[after] != ' ') return 0;
  return static_cast<int>(std::min<std::size_t>(after < line.size() ? after + 1 : after, 255));
}

}  // namespace

std::vector<std::uint8_t> find_prompts(const Source& source) {
  if (source.text().find(">>>") == std::string::npos) return {};
  const int lines = source.line_count();
  std::vector<std::uint8_t> result(static_cast<std::size_t>(lines) + 2, 0);
  int block_start = 0;
  bool block_valid = false;
  const auto close_block = [&](int end) {
    if (!block_valid && block_start != 0) {
      std::fill(result.begin() + block_start, result.begin() + end, std::uint8_t{0});
    }
    block_start = 0;
  };
  for (int line = 1; line <= lines; ++line) {
    bool primary = false;
    const int length = prompt_length(source.line(line), primary);
    if (length < 0) {
      close_block(line);
      continue;
    }
    if (block_start == 0) {
      block_start = line;
      block_valid = primary;
    }
    block_valid = block_valid && length > 0;
    result[static_cast<std::size_t>(line)] = static_cast<std::uint8_t>(length);
  }
  close_block(lines + 1);
  return result;
}

}  // namespace dolab::lang
