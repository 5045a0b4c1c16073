// From tokens to the syntax tree.
#pragma once

#include <string>

#include "lang/syntax/ast.hpp"

namespace dolab::lang {

/// Parses the whole Python 3.10 grammar except `match`. Throws Error E201 (syntax), E202 (indentation),
/// E902 (more than 2 MiB, 500,000 tokens, or nesting deeper than 256), each with a span in the text.
Module parse_module(std::string text, std::string file);

}  // namespace dolab::lang
