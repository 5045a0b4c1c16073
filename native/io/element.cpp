#include "io/element.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <type_traits>

namespace dolab::io {

namespace {

/// Every supported machine is little-endian, so only foreign files are turned round.
template <class T>
void decode(bool big_endian, const char* bytes, std::int64_t count, double* out) noexcept {
  for (std::int64_t i = 0; i < count; ++i) {
    char buffer[sizeof(T)];
    std::memcpy(buffer, bytes + static_cast<std::size_t>(i) * sizeof(T), sizeof(T));
    if (big_endian) std::reverse(buffer, buffer + sizeof(T));
    T value;
    std::memcpy(&value, buffer, sizeof(T));
    out[i] = static_cast<double>(value);
  }
}

template <class T>
T convert(double value) noexcept {
  if constexpr (std::is_floating_point_v<T>) {
    return static_cast<T>(value);
  } else {
    // The upper limit itself may round up to 2^k, which is out of range already.
    constexpr double kLow = static_cast<double>(std::numeric_limits<T>::min());
    constexpr double kHigh = static_cast<double>(std::numeric_limits<T>::max());
    if (!(value > kLow)) return std::numeric_limits<T>::min();
    if (value >= kHigh) return std::numeric_limits<T>::max();
    return static_cast<T>(value);
  }
}

template <class T>
void encode(const double* values, std::int64_t count, char* out) noexcept {
  for (std::int64_t i = 0; i < count; ++i) {
    const T value = convert<T>(values[i]);
    std::memcpy(out + static_cast<std::size_t>(i) * sizeof(T), &value, sizeof(T));
  }
}

/// Calls `call` with a value of the type's C++ counterpart; booleans are bytes.
template <class Call>
void with_type(ElementType type, Call call) noexcept {
  switch (type) {
    case ElementType::boolean:
    case ElementType::uint8:
      return call(std::uint8_t{});
    case ElementType::int8:
      return call(std::int8_t{});
    case ElementType::int16:
      return call(std::int16_t{});
    case ElementType::int32:
      return call(std::int32_t{});
    case ElementType::int64:
      return call(std::int64_t{});
    case ElementType::uint16:
      return call(std::uint16_t{});
    case ElementType::uint32:
      return call(std::uint32_t{});
    case ElementType::uint64:
      return call(std::uint64_t{});
    case ElementType::float32:
      return call(float{});
    case ElementType::float64:
      return call(double{});
    case ElementType::text:
    case ElementType::fixed_text:
      return;
  }
}

}  // namespace

std::size_t element_size(ElementType type) noexcept {
  std::size_t size = 0;
  with_type(type, [&size](auto example) { size = sizeof example; });
  return size;
}

DType dtype_of(ElementType type) noexcept {
  if (type == ElementType::boolean) return DType::boolean;
  return type < ElementType::float32 ? DType::integer : DType::real;
}

ElementType element_type_of(DType dtype) noexcept {
  if (dtype == DType::real) return ElementType::float64;
  return dtype == DType::integer ? ElementType::int64 : ElementType::boolean;
}

void decode_elements(ElementType type, bool big_endian, const char* bytes, std::int64_t count, double* out) noexcept {
  if (type == ElementType::float64 && !big_endian) {
    if (count > 0) std::memcpy(out, bytes, static_cast<std::size_t>(count) * sizeof(double));
    return;
  }
  with_type(type, [&](auto example) { decode<decltype(example)>(big_endian, bytes, count, out); });
  if (type == ElementType::boolean) {
    for (std::int64_t i = 0; i < count; ++i) out[i] = out[i] != 0.0 ? 1.0 : 0.0;
  }
}

void encode_elements(ElementType type, const double* values, std::int64_t count, char* out) noexcept {
  if (type == ElementType::boolean) {
    for (std::int64_t i = 0; i < count; ++i) out[i] = values[i] != 0.0 ? '\1' : '\0';
    return;
  }
  with_type(type, [&](auto example) { encode<decltype(example)>(values, count, out); });
}

}  // namespace dolab::io
