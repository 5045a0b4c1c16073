// Small helpers shared by the composite functions.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "dolab/error.hpp"
#include "tensor/build.hpp"

namespace dolab::tensor::detail {

inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Axis counted from 0. Throws E405.
inline std::int64_t normalize_axis(std::int64_t axis, std::int64_t rank) {
  if (axis < -rank || axis >= rank) {
    throw Error("E405",
                "axis " + std::to_string(axis) + " is out of range for an array of rank " + std::to_string(rank),
                "axes of a rank-r array run from -r to r - 1");
  }
  return axis < 0 ? axis + rank : axis;
}

/// Sorted distinct axes counted from 0; an empty list means all of them. Throws E405.
std::vector<std::int64_t> normalize_axes(const std::vector<std::int64_t>& axes, std::int64_t rank);

/// Throws E407 for a negative extent and E907 for one beyond the limit of the graph, before anything is allocated.
inline void check_extent(const Graph& graph, std::int64_t extent, const char* what) {
  if (extent < 0) throw Error("E407", std::string(what) + " cannot be negative", "");
  if (extent > graph.limits.elements) throw Error("E907", std::string(what) + " is too large", "");
}

/// Constant of integers.
Tensor integers(Graph& graph, const std::vector<std::int64_t>& values, const Shape& shape);
inline Tensor integers(Graph& graph, const std::vector<std::int64_t>& values) {
  return integers(graph, values, {static_cast<std::int64_t>(values.size())});
}
inline Tensor integer(Graph& graph, std::int64_t value) {
  return graph.scalar(static_cast<double>(value), DType::integer);
}
/// Scalar of the kind of `a`.
inline Tensor scalar_like(const Tensor& a, double value) { return a.graph().scalar(value, a.dtype()); }
inline Tensor as_real(const Tensor& a) { return a.dtype() == DType::real ? a : cast(a, DType::real); }
/// Truth of every element.
inline Tensor as_boolean(const Tensor& a) {
  return a.dtype() == DType::boolean ? a : not_equal(a, scalar_like(a, 0.0));
}
/// Booleans become integers; other kinds stay.
inline Tensor as_number(const Tensor& a) { return a.dtype() == DType::boolean ? cast(a, DType::integer) : a; }
/// Sum over `axes`, all of them if the list is empty.
inline Tensor total(const Tensor& a, const std::vector<std::int64_t>& axes, bool keep) {
  return reduce(Reduction::sum, a, axes, keep);
}
inline Tensor is_nan(const Tensor& a) { return unary(Unary::is_nan, a); }
/// All elements in one row, (n).
inline Tensor flatten(const Tensor& a) { return a.rank() == 1 ? a : reshape(a, {a.size()}); }
/// `axis` moved to the end, and back.
Tensor axis_to_back(const Tensor& a, std::int64_t axis);
Tensor axis_from_back(const Tensor& a, std::int64_t axis);
/// The given axes (sorted, non-negative) merged into one last axis.
Tensor merge_axes_to_back(const Tensor& a, const std::vector<std::int64_t>& axes);
/// Shape with extent 1 at the given axes (sorted, counted in the full shape).
Shape shape_with_ones(const Shape& full, const std::vector<std::int64_t>& axes);
/// a reshaped to `shape`, or itself.
inline Tensor to_shape(const Tensor& a, const Shape& shape) { return a.shape() == shape ? a : reshape(a, shape); }
/// The widest kind of the list; all cast to it.
std::vector<Tensor> promote(const std::vector<Tensor>& parts);

}  // namespace dolab::tensor::detail
