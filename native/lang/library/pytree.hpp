// Nested containers of tensors, taken apart and put together (scan carries, vmap, tree_map).
#pragma once

#include <string>
#include <vector>

#include "lang/interpret/interpreter.hpp"

namespace dolab::lang {

/// Leaves in order: items of tuples and lists, values of dicts by sorted key; None has no leaves. Numbers become
/// tensors. Throws E209 for other values, E908 for nesting deeper than 100 (also cycles).
void flatten(Interpreter& in, const Value& tree, std::vector<Tensor>& leaves, int depth = 0);
/// Leaves of any kind (tree_map).
void flatten_values(Interpreter& in, const Value& tree, Values& leaves, int depth = 0);
/// The same structure with other leaves.
Value unflatten(const Value& tree, const Values& leaves);
Value unflatten(const Value& tree, const std::vector<Tensor>& leaves);
/// "(array (3,), {"a": array ()})": structures are equal if the texts are; `shapes` includes the leaves' shapes.
std::string structure(Interpreter& in, const Value& tree, bool shapes);

}  // namespace dolab::lang
