// Rectangles of row-major arrays.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "base/array.hpp"

namespace dolab::io {

/// A rectangle inside a row-major buffer: the buffer's shape and where the rectangle starts.
struct Placement {
  const Shape& shape;
  const Shape& first;
};

/// Copies a rectangle of `count` elements between two buffers of the same rank.
inline void copy_block(const double* from, const Placement& source, double* to, const Placement& target,
                       const Shape& count) {
  const std::size_t rank = count.size();
  if (rank == 0) {
    *to = *from;
    return;
  }
  if (element_count(count) == 0) return;
  Shape index(rank, 0);
  const auto offset = [&](const Placement& place) {
    std::int64_t at = 0;
    for (std::size_t k = 0; k < rank; ++k) at = at * place.shape[k] + place.first[k] + index[k];
    return at;
  };
  const auto run = static_cast<std::size_t>(count[rank - 1]) * sizeof(double);
  while (true) {
    std::memcpy(to + offset(target), from + offset(source), run);
    std::size_t k = rank - 1;
    while (k > 0 && ++index[k - 1] == count[k - 1]) index[--k] = 0;
    if (k == 0) return;
  }
}

/// The part of a block that lies in one chunk, in coordinates of the array.
inline void intersect(const Shape& first, const Shape& count, const Shape& chunk_first, const Shape& chunk_count,
                      Shape& overlap_first, Shape& overlap_count) {
  for (std::size_t k = 0; k < first.size(); ++k) {
    const std::int64_t low = std::max(first[k], chunk_first[k]);
    const std::int64_t high = std::min(first[k] + count[k], chunk_first[k] + chunk_count[k]);
    overlap_first[k] = low;
    overlap_count[k] = std::max<std::int64_t>(0, high - low);
  }
}

/// a - b, entry by entry.
inline Shape minus(const Shape& a, const Shape& b) {
  Shape out(a);
  for (std::size_t k = 0; k < out.size(); ++k) out[k] -= b[k];
  return out;
}

}  // namespace dolab::io
