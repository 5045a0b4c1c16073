// From the key of a subscript to the engine's index items.
#pragma once

#include <vector>

#include "lang/interpret/objects.hpp"
#include "tensor/functions/index.hpp"

namespace dolab::lang {

/// Integers, slices, None, `...`, arrays and lists, alone or in a tuple. Throws E209, E303, E406.
std::vector<tensor::IndexItem> index_items(Interpreter& in, const Value& key);

}  // namespace dolab::lang
