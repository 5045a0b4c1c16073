// Host arrays: the one container for data, draws and constants.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

namespace dolab {

/// What the numbers mean. Storage is always float64: exact for integers up to 2^53.
enum class DType : std::uint8_t { boolean, integer, real };

using Shape = std::vector<std::int64_t>;

/// Product of the extents; 1 for a scalar. Saturates instead of overflowing.
std::int64_t element_count(const Shape& shape) noexcept;
/// "(3, 4)", "(3,)", "()".
std::string to_string(const Shape& shape);
/// NumPy broadcasting. Throws E407 naming both shapes.
Shape broadcast_shapes(const Shape& a, const Shape& b);

/// Dense row-major array with shared, immutable-by-convention storage (64-byte aligned, padded to
/// a multiple of 8 elements). Copying shares; call `mutable_data` only on an array you own alone.
class Array {
 public:
  Array() = default;                // a real scalar 0
  Array(DType dtype, Shape shape);  // zeros
  Array(DType dtype, Shape shape, const std::vector<double>& values);
  static Array scalar(double value, DType dtype = DType::real);
  static Array vector(const std::vector<double>& values, DType dtype = DType::real);

  DType dtype() const noexcept { return dtype_; }
  const Shape& shape() const noexcept { return shape_; }
  std::int64_t size() const noexcept { return size_; }
  std::int64_t rank() const noexcept { return static_cast<std::int64_t>(shape_.size()); }
  const double* data() const noexcept;
  double* mutable_data() noexcept;
  double operator[](std::int64_t i) const noexcept { return data()[i]; }
  double item() const;  // the only element; throws E302 if there are several

  /// Same storage under another shape of equal size (throws E407 otherwise).
  Array reshaped(Shape shape) const;
  Array with_dtype(DType dtype) const;
  std::vector<double> to_vector() const;
  /// Same dtype, shape and bits.
  bool identical(const Array& other) const noexcept;

 private:
  DType dtype_ = DType::real;
  Shape shape_;
  std::int64_t size_ = 1;
  std::shared_ptr<double[]> data_;
};

}  // namespace dolab
