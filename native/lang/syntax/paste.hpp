// What pasting adds to programs: doctest prompts.
#pragma once

#include <cstdint>
#include <vector>

#include "lang/syntax/source.hpp"

namespace dolab::lang {

/// For every line (index = line number) the number of bytes of a doctest prompt (`>>> `, `... ` and
/// what stands before it) that the lexer has to skip. A prompt counts only in a block of lines, bounded by
/// blank lines, that starts with `>>>` and all of whose lines have one. Empty if there are none.
std::vector<std::uint8_t> find_prompts(const Source& source);

}  // namespace dolab::lang
