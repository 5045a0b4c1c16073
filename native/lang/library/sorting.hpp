// Sorting of Python values, shared by sorted() and list.sort().
#pragma once

#include "lang/interpret/interpreter.hpp"

namespace dolab::lang {

/// Stable; `key` may be None. Throws E301 when a traced value decides.
Values sorted_items(Interpreter& in, Values items, const Value& key, bool reverse);

}  // namespace dolab::lang
