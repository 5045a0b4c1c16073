#include "tensor/functions/support.hpp"

#include <algorithm>
#include <numeric>

namespace dolab::tensor::detail {

std::vector<std::int64_t> normalize_axes(const std::vector<std::int64_t>& axes, std::int64_t rank) {
  std::vector<std::int64_t> out;
  if (axes.empty()) {
    out.resize(static_cast<std::size_t>(rank));
    std::iota(out.begin(), out.end(), 0);
    return out;
  }
  for (const auto axis : axes) out.push_back(normalize_axis(axis, rank));
  std::sort(out.begin(), out.end());
  if (std::adjacent_find(out.begin(), out.end()) != out.end()) {
    throw Error("E405", "an axis is named twice", "name every axis once");
  }
  return out;
}

Tensor integers(Graph& graph, const std::vector<std::int64_t>& values, const Shape& shape) {
  return graph.constant(Array(DType::integer, shape, std::vector<double>(values.begin(), values.end())));
}

Tensor axis_to_back(const Tensor& a, std::int64_t axis) {
  axis = normalize_axis(axis, a.rank());
  if (axis == a.rank() - 1) return a;
  std::vector<std::int64_t> permutation;
  for (std::int64_t i = 0; i < a.rank(); ++i) {
    if (i != axis) permutation.push_back(i);
  }
  permutation.push_back(axis);
  return transpose(a, permutation);
}

Tensor axis_from_back(const Tensor& a, std::int64_t axis) {
  axis = normalize_axis(axis, a.rank());
  if (axis == a.rank() - 1) return a;
  std::vector<std::int64_t> permutation(static_cast<std::size_t>(a.rank() - 1));
  std::iota(permutation.begin(), permutation.end(), 0);
  permutation.insert(permutation.begin() + axis, a.rank() - 1);
  return transpose(a, permutation);
}

Tensor merge_axes_to_back(const Tensor& a, const std::vector<std::int64_t>& axes) {
  std::vector<std::int64_t> permutation;
  Shape shape;
  for (std::int64_t i = 0; i < a.rank(); ++i) {
    if (std::find(axes.begin(), axes.end(), i) == axes.end()) {
      permutation.push_back(i);
      shape.push_back(a.extent(i));
    }
  }
  std::int64_t merged = 1;
  for (const auto axis : axes) {
    permutation.push_back(axis);
    merged *= a.extent(axis);
  }
  shape.push_back(merged);
  const bool ordered = std::is_sorted(permutation.begin(), permutation.end());
  return to_shape(ordered ? a : transpose(a, permutation), shape);
}

Shape shape_with_ones(const Shape& full, const std::vector<std::int64_t>& axes) {
  Shape shape = full;
  for (const auto axis : axes) shape[static_cast<std::size_t>(axis)] = 1;
  return shape;
}

std::vector<Tensor> promote(const std::vector<Tensor>& parts) {
  DType widest = DType::boolean;
  for (const auto& part : parts) widest = std::max(widest, part.dtype());
  std::vector<Tensor> out;
  for (const auto& part : parts) out.push_back(part.dtype() == widest ? part : cast(part, widest));
  return out;
}

}  // namespace dolab::tensor::detail
