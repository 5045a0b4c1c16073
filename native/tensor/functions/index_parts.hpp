// The steps of indexing that reads and functional writes share.
#pragma once

#include <cstdint>
#include <vector>

#include "tensor/functions/index.hpp"

namespace dolab::tensor::detail {

struct IndexedAxis {
  std::int64_t axis;
  Tensor array;
};

/// What remains after integers, slices and new axes: arrays on some axes of `base`.
struct PartialIndex {
  Tensor base;
  std::vector<IndexedAxis> arrays;
  std::int64_t place = 0;  // where the broadcast index axes go in the result
};

bool is_full_slice(const IndexItem& item);
/// Number of axes of the indexed array that an item uses up.
std::int64_t consumed(const IndexItem& item);
/// Items without ellipsis or masks that cover every axis of a shape.
std::vector<IndexItem> complete_items(const Shape& shape, const std::vector<IndexItem>& items);
/// Integers, slices and new axes applied; throws E405 for an integer out of range.
PartialIndex apply_basic(const Tensor& a, const std::vector<IndexItem>& items);
/// Throws E405 if a constant index array leaves the axis.
void check_constant_range(const Tensor& array, std::int64_t axis, std::int64_t extent);
/// Codes in 0 .. extent-1: negative ones wrap, then all are clamped.
Tensor clamp_codes(const Tensor& codes, std::int64_t extent);
/// base[..., arrays, ...] by one gather over the merged axes. The arrays are in range, or traced.
Tensor gather_axes(const PartialIndex& partial);
/// Moves the first `count` axes to position `place`.
Tensor place_leading_axes(const Tensor& a, std::int64_t count, std::int64_t place);

}  // namespace dolab::tensor::detail
