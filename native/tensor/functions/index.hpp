// Indexing: a[items] and a.at[items].op(value) with NumPy's rules.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "tensor/build.hpp"

namespace dolab::tensor {

/// One entry of a subscript. Slice bounds are static; arrays are integers (constant or traced) or boolean masks
/// (constant only).
struct IndexItem {
  enum class Kind : std::uint8_t { integer, slice, new_axis, ellipsis, array };

  Kind kind = Kind::slice;
  std::int64_t value = 0;                         // integer
  std::optional<std::int64_t> start, stop, step;  // slice
  Tensor array;                                   // array

  static IndexItem at(std::int64_t i);
  static IndexItem range(std::optional<std::int64_t> start = {}, std::optional<std::int64_t> stop = {},
                         std::optional<std::int64_t> step = {});
  static IndexItem axis();
  static IndexItem rest();
  static IndexItem of(const Tensor& array);
};

/// a[items]: any mix of integers, slices, None, one ellipsis, integer arrays and constant boolean masks. Index
/// arrays broadcast together; their axes stay in place when adjacent and come first when separated (an integer
/// counts as an array then). Traced indices wrap once and are clamped; integers and constant arrays out of range
/// throw E405. E304: traced boolean mask; E406: too many indices, two ellipses; E209: an index that is not integer.
Tensor index(const Tensor& a, const std::vector<IndexItem>& items);

enum class AtMode : std::uint8_t { set, add, multiply, divide, min, max };

/// A copy of `a` with a[items] replaced by, or combined with, `value` (broadcast to the shape of a[items]). Writes
/// out of range are dropped; of several writes to one element `set` keeps the last. Items as in `index`, plus a
/// traced boolean mask with a `value` of shape () (any mode; it may cover leading axes of `a`). The kind of `a` is
/// kept.
Tensor at_update(const Tensor& a, const std::vector<IndexItem>& items, const Tensor& value, AtMode mode);

}  // namespace dolab::tensor
