// Creation of arrays.
#include <algorithm>
#include <cmath>

#include "tensor/functions/shape.hpp"
#include "tensor/functions/support.hpp"

namespace dolab::tensor {

namespace {

void check_matrix(const Graph& graph, std::int64_t rows, std::int64_t columns) {
  detail::check_extent(graph, rows, "an extent of a matrix");
  detail::check_extent(graph, columns, "an extent of a matrix");
  detail::check_extent(graph, rows * columns, "the size of a matrix");
}

}  // namespace

Tensor arange(Graph& graph, double start, double stop, double step, DType dtype) {
  if (step == 0 || std::isnan(step)) throw Error("E205", "arange needs a step other than 0", "");
  const double steps = std::ceil((stop - start) / step);
  if (!(steps <= static_cast<double>(graph.limits.elements))) throw Error("E907", "arange makes too many elements", "");
  const std::int64_t count = steps > 0 ? static_cast<std::int64_t>(steps) : 0;
  Array out(dtype, {count});
  for (std::int64_t i = 0; i < count; ++i) out.mutable_data()[i] = start + static_cast<double>(i) * step;
  return graph.constant(out);
}

Tensor linspace(const Tensor& start, const Tensor& stop, std::int64_t count, bool endpoint) {
  detail::check_extent(start.graph(), count, "a count of linspace");
  Array weights(DType::real, {count});
  const double steps = static_cast<double>(endpoint ? std::max<std::int64_t>(count - 1, 1) : count);
  for (std::int64_t i = 0; i < count; ++i) weights.mutable_data()[i] = static_cast<double>(i) / steps;
  const Shape shape = broadcast_shapes(start.shape(), stop.shape());
  Shape column(shape.size() + 1, 1);
  column[0] = count;
  const Tensor w = start.graph().constant(weights.reshaped(column));
  return detail::as_real(start) * (1.0 - w) + detail::as_real(stop) * w;
}

Tensor logspace(const Tensor& start, const Tensor& stop, std::int64_t count, bool endpoint, double base) {
  return power(start.graph().scalar(base), linspace(start, stop, count, endpoint));
}

Tensor eye(Graph& graph, std::int64_t rows, std::int64_t columns, std::int64_t k, DType dtype) {
  check_matrix(graph, rows, columns);
  k = std::clamp(k, -rows, columns);
  Array out(dtype, {rows, columns});
  for (std::int64_t i = std::max<std::int64_t>(-k, 0); i < rows && i + k < columns; ++i) {
    out.mutable_data()[i * columns + i + k] = 1.0;
  }
  return graph.constant(out);
}

Tensor tri(Graph& graph, std::int64_t rows, std::int64_t columns, std::int64_t k, DType dtype) {
  check_matrix(graph, rows, columns);
  Array out(dtype, {rows, columns});
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t j = 0; j < columns && j - i <= k; ++j) out.mutable_data()[i * columns + j] = 1.0;
  }
  return graph.constant(out);
}

Tensor diag(const Tensor& a, std::int64_t k) {
  if (a.rank() != 1 && a.rank() != 2) {
    throw Error("E407", "diag needs a vector or a matrix, not shape " + to_string(a.shape()), "");
  }
  if (a.rank() == 1) {
    const std::int64_t n = a.extent(0);
    detail::check_extent(a.graph(), std::max(k, -(k + 1)), "the number of a diagonal");
    const std::int64_t offset = k < 0 ? -k : k;
    const Tensor square =
        select(cast(eye(a.graph(), n, n), DType::boolean), expand_dims(a, 1), detail::scalar_like(a, 0.0));
    return k == 0
               ? square
               : pad_zeros(square, {k < 0 ? offset : 0, k > 0 ? offset : 0}, {k > 0 ? offset : 0, k < 0 ? offset : 0});
  }
  k = std::clamp(k, -a.extent(0), a.extent(1));
  const std::int64_t row = std::max<std::int64_t>(-k, 0), column = std::max<std::int64_t>(k, 0);
  const std::int64_t length = std::max<std::int64_t>(std::min(a.extent(0) - row, a.extent(1) - column), 0);
  if (length == 0) return reshape(slice_axis(detail::flatten(a), 0, 0, 0), {0});
  // In the flattened matrix a diagonal is a slice with step columns + 1.
  return slice_axis(detail::flatten(a), 0, row * a.extent(1) + column, length, a.extent(1) + 1);
}

std::vector<Tensor> meshgrid(const std::vector<Tensor>& axes, bool matrix_indexing, bool sparse) {
  Shape shape;
  for (const auto& axis : axes) {
    if (axis.rank() > 1) throw Error("E407", "meshgrid needs vectors, not shape " + to_string(axis.shape()), "");
    shape.push_back(axis.size());
  }
  const bool swapped = !matrix_indexing && axes.size() >= 2;
  if (swapped) std::swap(shape[0], shape[1]);
  std::vector<Tensor> out;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::size_t place = swapped && i < 2 ? 1 - i : i;
    Shape own(shape.size(), 1);
    own[place] = shape[place];
    const Tensor thin = detail::to_shape(axes[i], own);
    out.push_back(sparse ? thin : broadcast_to(thin, shape));
  }
  return out;
}

namespace {

std::pair<Tensor, Tensor> triangle_indices(Graph& graph, std::int64_t rows, std::int64_t columns, std::int64_t k,
                                           bool lower) {
  check_matrix(graph, rows, columns);
  std::vector<std::int64_t> is, js;
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t j = 0; j < columns; ++j) {
      if (lower ? j - i > k : j - i < k) continue;
      is.push_back(i);
      js.push_back(j);
    }
  }
  return {detail::integers(graph, is), detail::integers(graph, js)};
}

}  // namespace

std::pair<Tensor, Tensor> tril_indices(Graph& graph, std::int64_t rows, std::int64_t k, std::int64_t columns) {
  return triangle_indices(graph, rows, columns < 0 ? rows : columns, k, true);
}

std::pair<Tensor, Tensor> triu_indices(Graph& graph, std::int64_t rows, std::int64_t k, std::int64_t columns) {
  return triangle_indices(graph, rows, columns < 0 ? rows : columns, k, false);
}

}  // namespace dolab::tensor
