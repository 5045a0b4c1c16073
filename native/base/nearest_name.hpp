// "Did you mean": the closest of the known names to a mistyped one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dolab {

/// The candidate with the smallest edit distance (insertions, deletions, replacements and swaps of neighbours;
/// case counts half), if it is at most a third of the longer length (of 2 for a single letter); "" otherwise. Ties go
/// to the first.
std::string nearest_name(std::string_view name, const std::vector<std::string>& candidates);

/// A hint for an unknown name: `did you mean "x"?`, else `known: "a", "b", ...` (at most eight), else "".
std::string unknown_name_hint(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace dolab
