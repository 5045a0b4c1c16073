#include "base/nearest_name.hpp"

#include <algorithm>
#include <cstdint>

namespace dolab {

namespace {

constexpr std::size_t kMaxLength = 128;  // longer names are compared by this prefix

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Optimal string alignment distance, times two.
int doubled_distance(std::string_view a, std::string_view b) {
  a = a.substr(0, kMaxLength);
  b = b.substr(0, kMaxLength);
  const std::size_t width = b.size() + 1;
  std::vector<int> before(width), last(width), row(width);
  for (std::size_t j = 0; j < width; ++j) last[j] = static_cast<int>(2 * j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = static_cast<int>(2 * i);
    for (std::size_t j = 1; j < width; ++j) {
      const char x = a[i - 1], y = b[j - 1];
      const int replace = x == y ? 0 : (lower(x) == lower(y) ? 1 : 2);
      row[j] = std::min({last[j] + 2, row[j - 1] + 2, last[j - 1] + replace});
      if (i > 1 && j > 1 && x == b[j - 2] && a[i - 2] == y) row[j] = std::min(row[j], before[j - 2] + 2);
    }
    before = last;
    last = row;
  }
  return last[b.size()];
}

}  // namespace

std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates) {
  const std::string* best = nullptr;
  int best_distance = 0;
  for (const std::string& candidate : candidates) {
    const int distance = doubled_distance(name, candidate);
    const auto longer = static_cast<int>(std::min(kMaxLength, std::max(name.size(), candidate.size())));
    if (3 * distance > 2 * std::max(longer, 2)) continue;
    if (best == nullptr || distance < best_distance) {
      best = &candidate;
      best_distance = distance;
    }
  }
  return best == nullptr ? std::string() : *best;
}

std::string unknown_name_hint(std::string_view name, const std::vector<std::string>& candidates) {
  const std::string nearest = nearest_name(name, candidates);
  if (!nearest.empty()) return "did you mean \"" + nearest + "\"?";
  if (candidates.empty()) return {};
  std::string hint = "known: ";
  for (std::size_t i = 0; i < candidates.size() && i < 8; ++i) hint += (i > 0 ? ", \"" : "\"") + candidates[i] + "\"";
  return candidates.size() > 8 ? hint + ", ..." : hint;
}

}  // namespace dolab
