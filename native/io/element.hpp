// Numbers as bytes: the element types of stores and NPY files, and their conversion to and from float64.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/array.hpp"

namespace dolab::io {

enum class ElementType : std::uint8_t {
  boolean,
  int8,
  int16,
  int32,
  int64,
  uint8,
  uint16,
  uint32,
  uint64,
  float32,
  float64,
  text,        // UTF-8 of any length
  fixed_text,  // UTF-32, padded with zeros; read only
};

/// Bytes per element; 0 for text.
std::size_t element_size(ElementType type) noexcept;
/// What the values mean once they are in an Array. Text has no meaning there and gives `real`.
DType dtype_of(ElementType type) noexcept;
/// float64, int64 or boolean.
ElementType element_type_of(DType dtype) noexcept;

/// Reads `count` numbers of the given type and byte order.
void decode_elements(ElementType type, bool big_endian, const char* bytes, std::int64_t count, double* out) noexcept;
/// Writes `count` numbers, little-endian. Integers saturate, NaN becomes the smallest one.
void encode_elements(ElementType type, const double* values, std::int64_t count, char* out) noexcept;

}  // namespace dolab::io
