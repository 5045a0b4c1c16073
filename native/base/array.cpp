#include "base/array.hpp"

#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>

#include "dolab/error.hpp"

namespace dolab {

namespace {

constexpr std::size_t kAlignment = 64;
constexpr double kZeroScalar[8] = {};
// 8 GiB, or what a 32-bit address space can hold. A system that promises more memory than it has would end the program
// instead of refusing.
constexpr std::int64_t kMaxElements = sizeof(std::size_t) > 4 ? std::int64_t{1} << 30 : (std::int64_t{1} << 28) - 8;

std::shared_ptr<double[]> allocate(std::int64_t size) {
  if (size > kMaxElements)
    throw Error("E907", "an array of " + std::to_string(size) + " elements is too large (limit " +
                            std::to_string(kMaxElements) + ")");
  const auto padded = (static_cast<std::size_t>(size) + 7) / 8 * 8;
  const std::size_t bytes = (padded == 0 ? 8 : padded) * sizeof(double);
  auto* memory = static_cast<double*>(std::aligned_alloc(kAlignment, bytes));
  if (memory == nullptr) throw Error("E907", "not enough memory for " + std::to_string(size) + " numbers");
  std::memset(memory, 0, bytes);
  return std::shared_ptr<double[]>(memory, [](double* p) { std::free(p); });
}

}  // namespace

std::int64_t element_count(const Shape& shape) noexcept {
  std::int64_t count = 1;
  for (const auto extent : shape) {
    if (extent == 0) return 0;
    if (count > std::numeric_limits<std::int64_t>::max() / extent) return std::numeric_limits<std::int64_t>::max();
    count *= extent;
  }
  return count;
}

std::string to_string(const Shape& shape) {
  std::string text = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (i > 0) text += ", ";
    text += std::to_string(shape[i]);
  }
  return text + (shape.size() == 1 ? ",)" : ")");
}

Shape broadcast_shapes(const Shape& a, const Shape& b) {
  const std::size_t rank = a.size() > b.size() ? a.size() : b.size();
  Shape out(rank, 1);
  for (std::size_t i = 0; i < rank; ++i) {
    const std::int64_t da = i < rank - a.size() ? 1 : a[i - (rank - a.size())];
    const std::int64_t db = i < rank - b.size() ? 1 : b[i - (rank - b.size())];
    if (da != db && da != 1 && db != 1) {
      throw Error("E407", "shapes " + to_string(a) + " and " + to_string(b) + " do not broadcast",
                  "index one by observation, as in a[g], or add an axis, as in a[:, None]");
    }
    out[i] = da == 1 ? db : da;
  }
  return out;
}

Array::Array(DType dtype, Shape shape)
    : dtype_(dtype), shape_(std::move(shape)), size_(element_count(shape_)), data_(allocate(size_)) {}

Array::Array(DType dtype, Shape shape, const std::vector<double>& values) : Array(dtype, std::move(shape)) {
  if (static_cast<std::int64_t>(values.size()) != size_) {
    throw Error("E407", std::to_string(values.size()) + " values do not fill shape " + to_string(shape_));
  }
  if (size_ > 0) std::memcpy(data_.get(), values.data(), values.size() * sizeof(double));
}

Array Array::scalar(double value, DType dtype) { return Array(dtype, {}, {value}); }

Array Array::vector(const std::vector<double>& values, DType dtype) {
  return Array(dtype, {static_cast<std::int64_t>(values.size())}, values);
}

const double* Array::data() const noexcept { return data_ ? data_.get() : kZeroScalar; }

double* Array::mutable_data() noexcept {
  if (!data_) data_ = allocate(size_);
  return data_.get();
}

double Array::item() const {
  if (size_ != 1) throw Error("E302", "an array of shape " + to_string(shape_) + " is not a single number");
  return data()[0];
}

Array Array::reshaped(Shape shape) const {
  if (element_count(shape) != size_) {
    throw Error("E407", "cannot reshape " + to_string(shape_) + " to " + to_string(shape));
  }
  Array out = *this;
  out.shape_ = std::move(shape);
  return out;
}

Array Array::with_dtype(DType dtype) const {
  Array out = *this;
  out.dtype_ = dtype;
  return out;
}

std::vector<double> Array::to_vector() const { return {data(), data() + size_}; }

bool Array::identical(const Array& other) const noexcept {
  return dtype_ == other.dtype_ && shape_ == other.shape_ &&
         std::memcmp(data(), other.data(), static_cast<std::size_t>(size_) * sizeof(double)) == 0;
}

}  // namespace dolab
