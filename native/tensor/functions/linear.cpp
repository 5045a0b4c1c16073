#include "tensor/functions/linear.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tensor/functions/index.hpp"
#include "tensor/functions/reduce.hpp"
#include "tensor/functions/shape.hpp"
#include "tensor/functions/support.hpp"

namespace dolab::tensor {

namespace {

void require_square(const Tensor& a, const char* what) {
  if (a.rank() < 2 || a.extent(-1) != a.extent(-2)) {
    throw Error("E407", std::string(what) + " needs square matrices, not shape " + to_string(a.shape()),
                "the last two axes must be equal");
  }
}

/// Constant (rows, columns) mask of column - row <= k (`lower`) or >= k.
Tensor triangle_mask(Graph& graph, std::int64_t rows, std::int64_t columns, std::int64_t k, bool lower) {
  Array mask(DType::boolean, {rows, columns});
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t j = 0; j < columns; ++j) {
      mask.mutable_data()[i * columns + j] = (lower ? j - i <= k : j - i >= k) ? 1.0 : 0.0;
    }
  }
  return graph.constant(mask);
}

Tensor triangle(const Tensor& a, std::int64_t k, bool lower) {
  if (a.rank() < 2) {
    throw Error("E407", std::string(lower ? "tril" : "triu") + " needs a matrix, not shape " + to_string(a.shape()),
                "");
  }
  return select(triangle_mask(a.graph(), a.extent(-2), a.extent(-1), k, lower), a, detail::scalar_like(a, 0.0));
}

/// Product over one axis per pair (a_axes[i] with b_axes[i]); the free axes of `a`, then those of `b`.
Tensor contract(const Tensor& a, const Tensor& b, const std::vector<std::int64_t>& a_axes,
                const std::vector<std::int64_t>& b_axes) {
  const auto free_axes = [](const Tensor& t, const std::vector<std::int64_t>& bound) {
    std::vector<std::int64_t> out;
    for (std::int64_t i = 0; i < t.rank(); ++i) {
      if (std::find(bound.begin(), bound.end(), i) == bound.end()) out.push_back(i);
    }
    return out;
  };
  const auto a_free = free_axes(a, a_axes), b_free = free_axes(b, b_axes);
  Shape shape;
  std::int64_t rows = 1, inner_size = 1, columns = 1;
  for (const auto axis : a_free) shape.push_back(a.extent(axis));
  for (const auto extent : shape) rows *= extent;
  for (const auto axis : b_free) {
    shape.push_back(b.extent(axis));
    columns *= b.extent(axis);
  }
  for (std::size_t i = 0; i < a_axes.size(); ++i) {
    if (a.extent(a_axes[i]) != b.extent(b_axes[i])) {
      throw Error("E407",
                  "extents " + std::to_string(a.extent(a_axes[i])) + " and " + std::to_string(b.extent(b_axes[i])) +
                      " of the contracted axes differ (shapes " + to_string(a.shape()) + " and " +
                      to_string(b.shape()) + ")",
                  "");
    }
    inner_size *= a.extent(a_axes[i]);
  }
  auto a_order = a_free, b_order = b_axes;
  a_order.insert(a_order.end(), a_axes.begin(), a_axes.end());
  b_order.insert(b_order.end(), b_free.begin(), b_free.end());
  const auto arranged = [](const Tensor& t, const std::vector<std::int64_t>& order) {
    return std::is_sorted(order.begin(), order.end()) ? t : transpose(t, order);
  };
  const bool row_vector = a_free.empty(), column_vector = b_free.empty();
  const Tensor left = detail::to_shape(arranged(a, a_order), row_vector ? Shape{inner_size} : Shape{rows, inner_size});
  const Tensor right =
      detail::to_shape(arranged(b, b_order), column_vector ? Shape{inner_size} : Shape{inner_size, columns});
  return detail::to_shape(matmul(left, right), shape);
}

}  // namespace

Tensor dot(const Tensor& a, const Tensor& b) {
  if (a.rank() == 0 || b.rank() == 0) return a * b;
  if (a.rank() <= 2 && b.rank() <= 2) return matmul(a, b);
  return contract(a, b, {a.rank() - 1}, {std::max<std::int64_t>(b.rank() - 2, 0)});
}

Tensor outer(const Tensor& a, const Tensor& b) { return reshape(a, {a.size(), 1}) * reshape(b, {1, b.size()}); }

Tensor inner(const Tensor& a, const Tensor& b) {
  if (a.rank() == 0 || b.rank() == 0) return a * b;
  return contract(a, b, {a.rank() - 1}, {b.rank() - 1});
}

Tensor vdot(const Tensor& a, const Tensor& b) {
  if (a.size() != b.size()) {
    throw Error("E407", "vdot of " + to_string(a.shape()) + " and " + to_string(b.shape()), "the sizes must be equal");
  }
  return matmul(detail::flatten(a), detail::flatten(b));
}

Tensor tensordot(const Tensor& a, const Tensor& b, std::int64_t axes) {
  if (axes < 0 || axes > a.rank() || axes > b.rank()) {
    throw Error("E407",
                "tensordot over " + std::to_string(axes) + " axes of shapes " + to_string(a.shape()) + " and " +
                    to_string(b.shape()),
                "");
  }
  std::vector<std::int64_t> axes_a(static_cast<std::size_t>(axes)), axes_b(static_cast<std::size_t>(axes));
  std::iota(axes_a.begin(), axes_a.end(), a.rank() - axes);
  std::iota(axes_b.begin(), axes_b.end(), 0);
  return tensordot(a, b, axes_a, axes_b);
}

Tensor tensordot(const Tensor& a, const Tensor& b, const std::vector<std::int64_t>& axes_a,
                 const std::vector<std::int64_t>& axes_b) {
  if (axes_a.size() != axes_b.size()) throw Error("E407", "tensordot needs as many axes of either operand", "");
  std::vector<std::int64_t> bound_a, bound_b;
  for (const auto axis : axes_a) bound_a.push_back(detail::normalize_axis(axis, a.rank()));
  for (const auto axis : axes_b) bound_b.push_back(detail::normalize_axis(axis, b.rank()));
  if (bound_a.empty()) {
    Shape wide = a.shape();
    wide.resize(static_cast<std::size_t>(a.rank() + b.rank()), 1);
    return reshape(a, wide) * b;
  }
  return contract(a, b, bound_a, bound_b);
}

Tensor kron(const Tensor& a, const Tensor& b) {
  const std::int64_t rank = std::max({a.rank(), b.rank(), std::int64_t{1}});
  Shape left, right, merged;
  for (std::int64_t i = 0; i < rank; ++i) {
    const std::int64_t da = i < rank - a.rank() ? 1 : a.extent(i - (rank - a.rank()));
    const std::int64_t db = i < rank - b.rank() ? 1 : b.extent(i - (rank - b.rank()));
    left.insert(left.end(), {da, 1});
    right.insert(right.end(), {1, db});
    merged.push_back(da * db);
  }
  return reshape(reshape(a, left) * reshape(b, right), merged);
}

Tensor cross(const Tensor& a, const Tensor& b) {
  if (a.rank() == 0 || b.rank() == 0 || a.extent(-1) != 3 || b.extent(-1) != 3) {
    throw Error("E407",
                "cross needs vectors of length 3, not shapes " + to_string(a.shape()) + " and " + to_string(b.shape()),
                "");
  }
  const auto part = [](const Tensor& t, std::int64_t i) { return take_axis(t, -1, i); };
  return stack({part(a, 1) * part(b, 2) - part(a, 2) * part(b, 1), part(a, 2) * part(b, 0) - part(a, 0) * part(b, 2),
                part(a, 0) * part(b, 1) - part(a, 1) * part(b, 0)},
               -1);
}

Tensor convolve(const Tensor& a, const Tensor& b, ConvolveMode mode) {
  if (a.rank() != 1 || b.rank() != 1 || a.size() == 0 || b.size() == 0) {
    throw Error("E407",
                "convolve needs two vectors that are not empty, not shapes " + to_string(a.shape()) + " and " +
                    to_string(b.shape()),
                "");
  }
  if (b.size() > a.size()) return convolve(b, a, mode);
  const std::int64_t n = a.size(), m = b.size();
  std::int64_t first = 0, length = n + m - 1;  // of the full result
  if (mode == ConvolveMode::same) {
    first = (m - 1) / 2;
    length = n;
  } else if (mode == ConvolveMode::valid) {
    first = m - 1;
    length = n - m + 1;
  }
  detail::check_extent(a.graph(), length, "the length of a convolution");
  if (length > a.graph().limits.elements / m) throw Error("E907", "the window of convolve is too large", "");
  // Row k of the windows holds a[k], a[k-1], ..., a[k-m+1], with zeros beyond the ends.
  std::vector<std::int64_t> source;
  source.reserve(static_cast<std::size_t>(length * m));
  for (std::int64_t k = first; k < first + length; ++k) {
    for (std::int64_t j = 0; j < m; ++j) source.push_back(k - j + m - 1);
  }
  const Tensor padded = pad(a, {{m - 1, m - 1}}, detail::scalar_like(a, 0.0));
  const Tensor windows = index(padded, {IndexItem::of(detail::integers(a.graph(), source, {length, m}))});
  return matmul(windows, b);
}

Tensor diagonal_of(const Tensor& a, std::int64_t k) {
  if (a.rank() < 2) throw Error("E407", "a diagonal needs rank 2 or more, not shape " + to_string(a.shape()), "");
  if (a.rank() == 2 && k == 0 && a.extent(0) == a.extent(1)) return diagonal(a);
  k = std::clamp(k, -a.extent(0), a.extent(1));
  const std::int64_t row = std::max<std::int64_t>(-k, 0), column = std::max<std::int64_t>(k, 0);
  const std::int64_t length = std::max<std::int64_t>(std::min(a.extent(0) - row, a.extent(1) - column), 0);
  std::vector<std::int64_t> rows(static_cast<std::size_t>(length)), columns(static_cast<std::size_t>(length));
  std::iota(rows.begin(), rows.end(), row);
  std::iota(columns.begin(), columns.end(), column);
  const Tensor picked =
      index(a, {IndexItem::of(detail::integers(a.graph(), rows)), IndexItem::of(detail::integers(a.graph(), columns))});
  return picked.rank() == 1 ? picked : moveaxis(picked, {0}, {-1});
}

Tensor trace(const Tensor& a, std::int64_t k) { return sum(diagonal_of(a, k), {-1}); }

Tensor tril(const Tensor& a, std::int64_t k) { return triangle(a, k, true); }
Tensor triu(const Tensor& a, std::int64_t k) { return triangle(a, k, false); }

Tensor block_diagonal(const std::vector<Tensor>& blocks) {
  if (blocks.empty()) throw Error("E205", "block_diag needs at least one block", "");
  std::vector<Tensor> matrices;
  std::int64_t columns = 0;
  for (const auto& block : detail::promote(blocks)) {
    matrices.push_back(atleast_2d(block));
    if (block.rank() > 2) throw Error("E407", "a block must be a matrix, not of shape " + to_string(block.shape()), "");
    columns += matrices.back().extent(1);
  }
  std::vector<Tensor> rows;
  std::int64_t before = 0;
  for (const auto& matrix : matrices) {
    const std::int64_t width = matrix.extent(1);
    rows.push_back(pad_zeros(matrix, {0, before}, {0, columns - before - width}));
    before += width;
  }
  return concat(rows, 0);
}

Tensor matrix_power(const Tensor& a, std::int64_t n) {
  require_square(a, "matrix_power");
  Tensor base = n < 0 ? inv(a) : a;
  if (n == 0) return broadcast_to(cast(identity_matrix(a.graph(), a.extent(-1)), a.dtype()), a.shape());
  Tensor out;
  for (std::int64_t left = n < 0 ? -n : n; left > 0; left /= 2) {
    if (left % 2 == 1) out = out.defined() ? matmul(out, base) : base;
    if (left > 1) base = matmul(base, base);
  }
  return out;
}

namespace {

Tensor vector_norm(const Tensor& a, double p, const std::vector<std::int64_t>& axes, bool keep) {
  const Tensor size = abs(a);
  if (std::isinf(p)) return p > 0 ? amax(size, axes, keep) : amin(size, axes, keep);
  if (p == 0) return detail::as_real(count_nonzero(a, axes, keep));
  if (p == 1) return detail::total(size, axes, keep);
  if (p == 2) return sqrt(detail::total(square(a), axes, keep));
  return power(detail::total(power(size, a.graph().scalar(p)), axes, keep), a.graph().scalar(1.0 / p));
}

/// Sums along `inner_axis`, then the extreme of them along the other axis.
Tensor sum_norm(const Tensor& a, std::int64_t inner_axis, std::int64_t outer_axis, bool largest, bool keep) {
  const Tensor sums = sum(abs(a), {inner_axis}, true);
  const Tensor out = largest ? amax(sums, {outer_axis}, true) : amin(sums, {outer_axis}, true);
  return keep ? out : squeeze_axes(out, {inner_axis, outer_axis});
}

}  // namespace

Tensor norm(const Tensor& a, NormOrder order, const std::vector<std::int64_t>& axes, bool keep) {
  const Tensor x = detail::as_real(a);
  if (axes.size() > 2) throw Error("E407", "a norm has one or two axes", "");
  if (order.kind == NormOrder::Kind::standard) return sqrt(detail::total(square(x), axes, keep));
  if (axes.empty() && (x.rank() == 0 || x.rank() > 2)) {
    throw Error("E407", "norm with ord but without axis needs rank 1 or 2, not shape " + to_string(a.shape()), "");
  }
  if (axes.size() == 1 || (axes.empty() && x.rank() == 1)) {
    if (order.kind == NormOrder::Kind::frobenius) throw Error("E407", "the Frobenius norm is one of matrices", "");
    return vector_norm(x, order.p, axes, keep);
  }
  if (order.kind == NormOrder::Kind::frobenius) return sqrt(detail::total(square(x), axes, keep));
  const std::int64_t row = detail::normalize_axis(axes.empty() ? 0 : axes[0], x.rank());
  const std::int64_t column = detail::normalize_axis(axes.empty() ? 1 : axes[1], x.rank());
  if (std::isinf(order.p)) return sum_norm(x, column, row, order.p > 0, keep);
  if (std::abs(order.p) == 1) return sum_norm(x, row, column, order.p > 0, keep);
  throw Error("E901", "the spectral and nuclear matrix norms need singular values",
              "use ord='fro', 1 or inf, or a vector norm with one axis");
}

namespace {

struct Elimination {
  Tensor inverse;  // (..., n, n)
  Tensor pivots;   // (n, ...), signs of the row exchanges included
};

/// Gauss-Jordan elimination with partial pivoting of [A I], a scan over the columns. Values only: no gradient.
Elimination eliminate(const Tensor& matrix) {
  const Tensor a = stop_gradient(matrix);
  Graph& graph = a.graph();
  const std::int64_t n = a.extent(-1);
  const Tensor start = concat({a, broadcast_to(identity_matrix(graph, n), a.shape())}, -1);
  const ScanFunction step = [n](const std::vector<Tensor>& carry, const std::vector<Tensor>& x) {
    const Tensor& m = carry[0];
    Graph& body = m.graph();
    const Tensor zero = body.scalar(0.0);
    const Tensor row_is_k = equal(arange(body, n), x[0]), column_is_k = equal(arange(body, 2 * n), x[0]);
    const Tensor row_mask = expand_dims(row_is_k, -1);
    const auto column_k = [&](const Tensor& t) { return sum(select(column_is_k, t, zero), {-1}); };
    const auto row = [&](const Tensor& mask) { return sum(select(mask, m, zero), {-2}, true); };
    const Tensor size = select(arange(body, n) >= x[0], abs(column_k(m)), body.scalar(-1.0));
    const Tensor chosen = argmax(size, -1);
    const Tensor row_is_chosen = equal(arange(body, n), expand_dims(chosen, -1));
    const Tensor chosen_row = row(expand_dims(row_is_chosen, -1)), first_row = row(row_mask);
    const Tensor swapped = select(row_mask, chosen_row, select(expand_dims(row_is_chosen, -1), first_row, m));
    const Tensor pivot = column_k(chosen_row);  // (..., 1)
    const Tensor divisor = select(equal(pivot, zero), body.scalar(1.0), pivot);
    const Tensor scaled = chosen_row / expand_dims(divisor, -1);
    const Tensor reduced = swapped - expand_dims(column_k(swapped), -1) * scaled;
    const Tensor plain = squeeze(pivot, -1);
    return ScanStep{{select(row_mask, scaled, reduced)}, {select(equal(chosen, x[0]), plain, -plain)}};
  };
  const ScanStep out = scan(graph, step, {start}, {arange(graph, n)}, n);
  // A pivot of 0 is stepped over, so that the determinant is 0; the inverse does not exist.
  const Tensor regular = reduce(Reduction::prod, not_equal(out.y[0], graph.scalar(0.0)), {0}) > 0.0;
  const Tensor inverse = slice_axis(out.carry[0], -1, n, n);
  return {select(expand_dims(expand_dims(regular, -1), -1), inverse, graph.scalar(std::nan(""))), out.y[0]};
}

/// log|det| - log|det at stop_gradient|: zero, with the first two derivatives of log|det|.
Tensor log_det_change(const Tensor& a, const Tensor& inverse) {
  const std::int64_t n = a.extent(-1);
  const Tensor r = identity_matrix(a.graph(), n) - matmul(inverse, a);
  const Tensor change = -(sum(diagonal(r), {-1}) + sum(r * matrix_transpose(r), {-1, -2}) * 0.5);
  const Tensor difference = change - stop_gradient(change);
  return select(unary(Unary::is_finite, difference), difference, a.graph().scalar(0.0));
}

Tensor entry(const Tensor& a, std::int64_t i, std::int64_t j) { return take_axis(take_axis(a, -2, i), -1, j); }

Tensor det_small(const Tensor& a) {
  const std::int64_t n = a.extent(-1);
  if (n == 1) return entry(a, 0, 0);
  const auto minor = [&](std::int64_t r, std::int64_t s, std::int64_t i, std::int64_t j) {
    return entry(a, r, i) * entry(a, s, j) - entry(a, r, j) * entry(a, s, i);
  };
  if (n == 2) return minor(0, 1, 0, 1);
  return entry(a, 0, 0) * minor(1, 2, 1, 2) - entry(a, 0, 1) * minor(1, 2, 0, 2) + entry(a, 0, 2) * minor(1, 2, 0, 1);
}

}  // namespace

Tensor inv(const Tensor& matrix) {
  require_square(matrix, "inv");
  const Tensor a = detail::as_real(matrix);
  const std::int64_t n = a.extent(-1);
  if (n == 0) return a;
  if (n == 1) return reciprocal(a);
  if (n == 2) {
    const Tensor rows =
        stack({stack({entry(a, 1, 1), -entry(a, 0, 1)}, -1), stack({-entry(a, 1, 0), entry(a, 0, 0)}, -1)}, -2);
    return rows / expand_dims(expand_dims(det_small(a), -1), -1);
  }
  const Tensor b = eliminate(a).inverse;
  const Tensor r = identity_matrix(a.graph(), n) - matmul(a, b);
  return b + matmul(b, r + matmul(r, r));
}

Tensor solve(const Tensor& matrix, const Tensor& right) {
  require_square(matrix, "solve");
  const Tensor a = detail::as_real(matrix), b = detail::as_real(right);
  const std::int64_t n = a.extent(-1);
  if (b.rank() == 0 || b.extent(b.rank() == 1 ? 0 : -2) != n) {
    throw Error("E407", "solve with shapes " + to_string(a.shape()) + " and " + to_string(b.shape()),
                "the right-hand side needs as many rows as the matrix");
  }
  if (n == 0) return matmul(a, b);
  if (n <= 2) return matmul(inv(a), b);
  const Tensor inverse = eliminate(a).inverse;
  const Tensor first = matmul(inverse, b);
  const Tensor second = first + matmul(inverse, b - matmul(a, first));
  return second + matmul(inverse, b - matmul(a, second));
}

Tensor det(const Tensor& matrix) {
  require_square(matrix, "det");
  const Tensor a = detail::as_real(matrix);
  const std::int64_t n = a.extent(-1);
  if (n == 0) return full(a.graph(), Shape(a.shape().begin(), a.shape().end() - 2), 1.0);
  if (n <= 3) return det_small(a);
  const Elimination eliminated = eliminate(a);
  return reduce(Reduction::prod, eliminated.pivots, {0}) * exp(log_det_change(a, eliminated.inverse));
}

SignLogDet slogdet(const Tensor& matrix) {
  require_square(matrix, "slogdet");
  const Tensor a = detail::as_real(matrix);
  if (a.extent(-1) <= 2) {
    const Tensor d = det(a);
    return {unary(Unary::sign, d), log(abs(d))};
  }
  const Elimination eliminated = eliminate(a);
  return {reduce(Reduction::prod, unary(Unary::sign, eliminated.pivots), {0}),
          sum(log(abs(eliminated.pivots)), {0}) + log_det_change(a, eliminated.inverse)};
}

Tensor solve_triangular(const Tensor& a, const Tensor& b, bool lower, bool transpose, bool unit_diagonal) {
  require_square(a, "solve_triangular");
  const std::int64_t n = a.extent(-1);
  const bool vector = b.rank() == 1 || b.rank() == a.rank() - 1;
  Tensor right = detail::as_real(vector ? expand_dims(b, -1) : b);
  if (right.rank() < 2 || right.extent(-2) != n) {
    throw Error("E407", "solve_triangular with shapes " + to_string(a.shape()) + " and " + to_string(b.shape()),
                "the right-hand side needs as many rows as the matrix");
  }
  Tensor factor = detail::as_real(a);
  if (unit_diagonal)
    factor = select(cast(identity_matrix(a.graph(), n), DType::boolean), a.graph().scalar(1.0), factor);
  if (!lower) factor = matrix_transpose(factor);
  const Shape batch = broadcast_shapes(Shape(a.shape().begin(), a.shape().end() - 2),
                                       Shape(right.shape().begin(), right.shape().end() - 2));
  const auto fitted = [&batch](const Tensor& t) {
    Shape shape = batch;
    shape.insert(shape.end(), {t.extent(-2), t.extent(-1)});
    return t.shape() == shape ? t : broadcast_to(t, shape);
  };
  const Tensor out = tri_solve(fitted(factor), fitted(right), lower == transpose);
  return vector ? squeeze(out, -1) : out;
}

Tensor cho_factor(const Tensor& a, bool lower) {
  require_square(a, "cho_factor");
  const Tensor factor = cholesky(detail::as_real(a));
  return lower ? factor : matrix_transpose(factor);
}

Tensor cho_solve(const Tensor& factor, bool lower, const Tensor& b) {
  return solve_triangular(factor, solve_triangular(factor, b, lower, !lower), lower, lower);
}

}  // namespace dolab::tensor
