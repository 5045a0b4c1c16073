// Visits every expression of a function.
#pragma once

#include <functional>

#include "lang/syntax/ast.hpp"

namespace dolab::lang {

/// Calls `visit` for every expression in the body, nested functions included; parents before children.
/// Depth of recursion is bounded by the parser's limits.
void walk_function(const FunctionCode& code, const std::function<void(const Expr&)>& visit);

}  // namespace dolab::lang
