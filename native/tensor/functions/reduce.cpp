#include "tensor/functions/reduce.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tensor/functions/loops.hpp"
#include "tensor/functions/shape.hpp"
#include "tensor/functions/support.hpp"

namespace dolab::tensor {

namespace {

Tensor number(Graph& graph, double value) { return graph.scalar(value); }

/// `a` with the entries where `keep` does not hold replaced by `otherwise`.
Tensor masked(const Tensor& a, const Tensor& keep, double otherwise) {
  return select(keep, a, detail::scalar_like(a, otherwise));
}

/// Result of reducing the merged last axis, with the dropped axes restored if `keep`.
Tensor restore(const Tensor& reduced, const Tensor& a, const Axes& axes, bool keep) {
  return keep ? detail::to_shape(reduced, detail::shape_with_ones(a.shape(), axes)) : reduced;
}

/// Number of entries behind each result.
double reduced_count(const Tensor& a, const Axes& axes) {
  double count = 1;
  for (const auto axis : detail::normalize_axes(axes, a.rank())) count *= static_cast<double>(a.extent(axis));
  return count;
}

}  // namespace

Tensor amax(const Tensor& a, const Axes& axes, bool keep) { return reduce(Reduction::max, a, axes, keep); }
Tensor amin(const Tensor& a, const Axes& axes, bool keep) { return reduce(Reduction::min, a, axes, keep); }

Tensor peak_to_peak(const Tensor& a, const Axes& axes, bool keep) {
  const Tensor x = detail::as_number(a);
  return amax(x, axes, keep) - amin(x, axes, keep);
}

Tensor prod(const Tensor& a, const Axes& axes, bool keep) {
  if (a.is_constant() || a.dtype() != DType::real) return reduce(Reduction::prod, detail::as_number(a), axes, keep);
  const Axes each = detail::normalize_axes(axes, a.rank());
  Tensor x = detail::merge_axes_to_back(a, each);
  if (x.extent(-1) == 0) return reduce(Reduction::prod, a, axes, keep);
  // Halves are multiplied pairwise: no division by a factor in the derivative.
  while (x.extent(-1) > 1) {
    const std::int64_t n = x.extent(-1), half = n / 2;
    const Tensor product = slice_axis(x, -1, 0, half) * slice_axis(x, -1, half, half);
    x = n % 2 == 0 ? product : concat({product, slice_axis(x, -1, n - 1, 1)}, -1);
  }
  return restore(squeeze(x, -1), a, each, keep);
}

Tensor any(const Tensor& a, const Axes& axes, bool keep) {
  return detail::total(detail::as_boolean(a), axes, keep) > detail::integer(a.graph(), 0);
}

Tensor all(const Tensor& a, const Axes& axes, bool keep) {
  return logical_not(any(logical_not(detail::as_boolean(a)), axes, keep));
}

Tensor count_nonzero(const Tensor& a, const Axes& axes, bool keep) {
  return detail::total(detail::as_boolean(a), axes, keep);
}

Tensor variance(const Tensor& a, const Axes& axes, double ddof, bool keep) {
  const Tensor x = detail::as_real(a);
  const Tensor squares = square(x - mean(x, axes, true));
  return detail::total(squares, axes, keep) / (reduced_count(a, axes) - ddof);
}

Tensor standard_deviation(const Tensor& a, const Axes& axes, double ddof, bool keep) {
  return sqrt(variance(a, axes, ddof, keep));
}

Tensor average(const Tensor& a, const Tensor& weights, const Axes& axes, bool keep) {
  Tensor w = detail::as_real(weights);
  if (w.shape() != a.shape()) {
    if (axes.size() != 1 || w.rank() != 1 || w.extent(0) != a.extent(axes[0])) {
      throw Error("E407",
                  "weights of shape " + to_string(w.shape()) + " for an average of shape " + to_string(a.shape()),
                  "weights have the shape of the array, or one entry per position of the axis");
    }
    Shape shape(a.shape().size(), 1);
    shape[static_cast<std::size_t>(detail::normalize_axis(axes[0], a.rank()))] = w.extent(0);
    w = broadcast_to(reshape(w, shape), a.shape());
  }
  return detail::total(detail::as_real(a) * w, axes, keep) / detail::total(w, axes, keep);
}

Tensor covariance(const Tensor& a, double ddof) {
  if (a.rank() > 2) throw Error("E407", "cov needs a vector or a matrix, not shape " + to_string(a.shape()), "");
  const Tensor x = detail::as_real(atleast_2d(a));
  const Tensor centred = x - mean(x, {1}, true);
  const Tensor out = matmul(centred, matrix_transpose(centred)) / (static_cast<double>(x.extent(1)) - ddof);
  return squeeze_axes(out);
}

Tensor correlation(const Tensor& a) {
  const Tensor c = covariance(a);
  if (c.rank() == 0) return c / c;  // NOLINT(misc-redundant-expression): NaN where nothing varies
  const Tensor scale = sqrt(diagonal(c));
  return c / (expand_dims(scale, 1) * expand_dims(scale, 0));
}

Tensor sum_where(const Tensor& a, const Tensor& where, const Axes& axes, bool keep) {
  return detail::total(masked(detail::as_number(a), where, 0.0), axes, keep);
}

Tensor mean_where(const Tensor& a, const Tensor& where, const Axes& axes, bool keep) {
  const Tensor count = detail::total(broadcast_to(detail::as_boolean(where), a.shape()), axes, keep);
  return sum_where(detail::as_real(a), where, axes, keep) / count;
}

Tensor nansum(const Tensor& a, const Axes& axes, bool keep) {
  return sum_where(a, logical_not(detail::is_nan(a)), axes, keep);
}

Tensor nanmean(const Tensor& a, const Axes& axes, bool keep) {
  return mean_where(a, logical_not(detail::is_nan(a)), axes, keep);
}

Tensor nanvariance(const Tensor& a, const Axes& axes, double ddof, bool keep) {
  const Tensor valid = logical_not(detail::is_nan(a));
  const Tensor squares = square(masked(detail::as_real(a), valid, 0.0) - nanmean(a, axes, true));
  const Tensor count = detail::as_real(detail::total(valid, axes, keep));
  const Tensor free = count - ddof;
  const Tensor out = sum_where(squares, valid, axes, keep) / free;
  return select(free > 0.0, out, number(a.graph(), std::nan("")));
}

namespace {

Tensor nan_extreme(const Tensor& a, const Axes& axes, bool keep, Reduction kind) {
  const Tensor valid = logical_not(detail::is_nan(a));
  const double otherwise = kind == Reduction::max ? -detail::kInfinity : detail::kInfinity;
  const Tensor out = reduce(kind, masked(detail::as_real(a), valid, otherwise), axes, keep);
  return select(any(valid, axes, keep), out, number(a.graph(), std::nan("")));
}

Tensor arg_over(const Tensor& a, std::optional<std::int64_t> axis, bool keep, bool largest) {
  const Tensor x = axis ? a : detail::flatten(a);
  const std::int64_t at = detail::normalize_axis(axis.value_or(0), x.rank());
  const Tensor out = largest ? argmax(x, at) : argmin(x, at);
  if (!keep) return out;
  return axis ? expand_dims(out, at) : detail::to_shape(out, Shape(a.shape().size(), 1));
}

}  // namespace

Tensor nanmax(const Tensor& a, const Axes& axes, bool keep) { return nan_extreme(a, axes, keep, Reduction::max); }
Tensor nanmin(const Tensor& a, const Axes& axes, bool keep) { return nan_extreme(a, axes, keep, Reduction::min); }

Tensor argmax_over(const Tensor& a, std::optional<std::int64_t> axis, bool keep) {
  return arg_over(a, axis, keep, true);
}

Tensor argmin_over(const Tensor& a, std::optional<std::int64_t> axis, bool keep) {
  return arg_over(a, axis, keep, false);
}

// ---- order ---------------------------------------------------------------------------------------------------

namespace {

/// Positions that sort the last axis; equal entries keep their order in both directions.
Tensor last_axis_order(const Tensor& a, bool descending) {
  if (!descending) return sort_order(a);
  const Tensor reversed = flip(sort_order(flip(a, -1)), -1);
  return detail::integer(a.graph(), a.extent(-1) - 1) - reversed;
}

/// The last axis sorted, NaN last.
Tensor sorted_last(const Tensor& a) { return a.extent(-1) < 2 ? a : take_along_axis(a, sort_order(a), -1); }

/// Entry number `position` (fractional) of the sorted last axis.
Tensor interpolated(const Tensor& sorted, double position) {
  const auto low = static_cast<std::int64_t>(std::floor(position));
  const double weight = position - static_cast<double>(low);
  const Tensor below = take_axis(sorted, -1, low);
  if (weight == 0.0) return below;
  return below * (1.0 - weight) + take_axis(sorted, -1, low + 1) * weight;
}

}  // namespace

Tensor sort(const Tensor& a, std::optional<std::int64_t> axis, bool descending) {
  if (!axis) return sort(detail::flatten(a), 0, descending);
  const std::int64_t at = detail::normalize_axis(*axis, a.rank());
  if (a.extent(at) < 2) return a;
  const Tensor x = detail::axis_to_back(a, at);
  return detail::axis_from_back(take_along_axis(x, last_axis_order(x, descending), -1), at);
}

Tensor argsort(const Tensor& a, std::optional<std::int64_t> axis, bool descending) {
  if (!axis) return argsort(detail::flatten(a), 0, descending);
  const std::int64_t at = detail::normalize_axis(*axis, a.rank());
  return detail::axis_from_back(last_axis_order(detail::axis_to_back(a, at), descending), at);
}

std::pair<Tensor, Tensor> top_k(const Tensor& a, std::int64_t k) {
  if (a.rank() == 0 || k < 0 || k > a.extent(-1)) {
    throw Error("E407", "top_k of " + std::to_string(k) + " entries from shape " + to_string(a.shape()), "");
  }
  const Tensor order = slice_axis(last_axis_order(a, true), -1, 0, k);
  return {take_along_axis(a, order, -1), order};
}

Tensor median(const Tensor& a, const Axes& axes, bool keep) { return quantile(a, number(a.graph(), 0.5), axes, keep); }

Tensor quantile(const Tensor& a, const Tensor& q, const Axes& axes, bool keep) {
  if (!q.is_constant()) throw Error("E303", "the order of a quantile must be known while the model is built", "");
  if (a.size() == 0) throw Error("E407", "a quantile of an empty array", "");
  const Axes each = detail::normalize_axes(axes, a.rank());
  const Tensor x = detail::as_real(a);
  const Tensor sorted = sorted_last(detail::merge_axes_to_back(x, each));
  const Tensor invalid = detail::is_nan(take_axis(sorted, -1, -1));
  const auto last = static_cast<double>(sorted.extent(-1) - 1);
  const Array& orders = q.value();
  std::vector<Tensor> parts;
  for (std::int64_t i = 0; i < orders.size(); ++i) {
    if (!(orders[i] >= 0 && orders[i] <= 1)) throw Error("E413", "the order of a quantile must lie in [0, 1]", "");
    const Tensor part = select(invalid, number(a.graph(), std::nan("")), interpolated(sorted, orders[i] * last));
    parts.push_back(restore(part, a, each, keep));
  }
  if (q.rank() == 0) return parts[0];
  if (parts.empty()) throw Error("E407", "quantile needs at least one order", "");
  Shape shape = q.shape();
  shape.insert(shape.end(), parts[0].shape().begin(), parts[0].shape().end());
  return detail::to_shape(stack(parts, 0), shape);
}

Tensor searchsorted(const Tensor& sorted, const Tensor& values, bool right) {
  if (sorted.rank() != 1)
    throw Error("E407", "searchsorted needs a vector, not shape " + to_string(sorted.shape()), "");
  if (sorted.is_constant() && values.is_constant()) {
    const Array& table = sorted.value();
    const Array& known = values.value();
    Array out(DType::integer, known.shape());
    const double* begin = table.data();
    const double* end = begin + table.size();
    for (std::int64_t i = 0; i < known.size(); ++i) {
      const double* at = right ? std::upper_bound(begin, end, known[i]) : std::lower_bound(begin, end, known[i]);
      out.mutable_data()[i] = static_cast<double>(at - begin);
    }
    return values.graph().constant(out);
  }
  const Tensor column = expand_dims(values, -1);
  return sum(right ? sorted <= column : sorted < column, {-1});
}

Tensor digitize(const Tensor& values, const Tensor& edges, bool right) {
  bool descending = false;
  if (edges.is_constant() && edges.rank() == 1 && edges.size() > 1) {
    descending = edges.value()[0] > edges.value()[edges.size() - 1];
  }
  if (!descending) return searchsorted(edges, values, !right);
  return detail::integer(edges.graph(), edges.size()) - searchsorted(flip(edges, 0), values, !right);
}

Tensor bincount(const Tensor& codes, const Tensor& weights, std::int64_t length) {
  if (codes.rank() != 1) throw Error("E407", "bincount needs a vector, not shape " + to_string(codes.shape()), "");
  if (!weights.defined()) {
    const Tensor ones = full(codes.graph(), codes.shape(), 1.0, DType::integer);
    return cast(segment_sum(ones, codes, length), DType::integer);
  }
  if (weights.shape() != codes.shape()) {
    throw Error("E407", "bincount of codes " + to_string(codes.shape()) + " with weights " + to_string(weights.shape()),
                "");
  }
  return segment_sum(detail::as_real(weights), codes, length);
}

Tensor segment_sum(const Tensor& values, const Tensor& codes, std::int64_t segments) {
  detail::check_extent(codes.graph(), segments, "a count of segments");
  Graph& graph = codes.graph();
  const Tensor which = codes.dtype() == DType::integer ? codes : cast(codes, DType::integer);
  const Tensor inside = logical_and(which >= detail::integer(graph, 0), which < detail::integer(graph, segments));
  return scatter_add(select(inside, which, detail::integer(graph, segments)), values, segments);
}

// ---- exponentials -----------------------------------------------------------------------------------------------

SignedLog logsumexp_signed(const Tensor& a, const Tensor& b, const Axes& axes, bool keep) {
  Graph& graph = a.graph();
  const Tensor zero = number(graph, 0.0);
  Tensor x = detail::as_real(a), weight = b.defined() ? detail::as_real(b) : number(graph, 1.0);
  const Shape shape = broadcast_shapes(x.shape(), weight.shape());
  x = broadcast_to(x, shape);
  const Tensor present = not_equal(weight, zero);
  const Tensor relevant = select(present, x, number(graph, -detail::kInfinity));
  const Tensor peak = stop_gradient(amax(relevant, axes, true));
  const Tensor shift = select(unary(Unary::is_finite, peak), peak, zero);
  const Tensor terms = select(present, weight * exp(relevant - shift), zero);
  const Tensor sums = detail::total(terms, axes, true);
  // A sum of 0 has log -inf and no gradient.
  const Tensor some = not_equal(sums, zero);
  const Tensor safe = select(some, abs(sums), number(graph, 1.0));
  const Tensor out = select(some, log(safe), number(graph, -detail::kInfinity)) + shift;
  const Tensor sign = unary(Unary::sign, sums);
  if (keep) return {out, sign};
  const Axes each = detail::normalize_axes(axes, x.rank());
  const auto drop = [&each](const Tensor& t) { return each.empty() ? t : squeeze_axes(t, each); };
  return {drop(out), drop(sign)};
}

Tensor logsumexp_weighted(const Tensor& a, const Tensor& b, const Axes& axes, bool keep) {
  const SignedLog out = logsumexp_signed(a, b, axes, keep);
  return select(out.sign < 0.0, number(a.graph(), std::nan("")), out.log_abs);
}

Tensor softmax(const Tensor& a, const Axes& axes) { return exp(log_softmax_over(a, axes)); }

Tensor log_softmax_over(const Tensor& a, const Axes& axes) {
  const Tensor x = detail::as_real(a);
  return x - logsumexp(x, axes, true);
}

// ---- along an axis -------------------------------------------------------------------------------------------------

namespace {

using Pairwise = Tensor (*)(const Tensor&, const Tensor&);

Tensor prefix(const Tensor& a, std::int64_t axis, bool reverse, Pairwise combine) {
  const CombineFunction pairwise = [combine](const std::vector<Tensor>& earlier, const std::vector<Tensor>& later) {
    return std::vector<Tensor>{combine(earlier[0], later[0])};
  };
  return associative_scan(pairwise, {a}, reverse, axis)[0];
}

}  // namespace

Tensor cumsum_over(const Tensor& a, std::optional<std::int64_t> axis, bool reverse) {
  return cumsum(axis ? a : detail::flatten(a), axis.value_or(0), reverse);
}

Tensor cumprod(const Tensor& a, std::optional<std::int64_t> axis, bool reverse) {
  const Tensor x = detail::as_number(axis ? a : detail::flatten(a));
  return prefix(x, axis.value_or(0), reverse, [](const Tensor& l, const Tensor& r) { return l * r; });
}

Tensor cummax(const Tensor& a, std::int64_t axis, bool reverse) { return prefix(a, axis, reverse, maximum); }
Tensor cummin(const Tensor& a, std::int64_t axis, bool reverse) { return prefix(a, axis, reverse, minimum); }

Tensor cumlogsumexp(const Tensor& a, std::int64_t axis, bool reverse) {
  return prefix(detail::as_real(a), axis, reverse, logaddexp);
}

Tensor diff(const Tensor& a, std::int64_t n, std::int64_t axis) {
  if (n < 0) throw Error("E407", "diff needs an order of at least 0", "");
  Tensor out = a;
  for (std::int64_t i = 0; i < n; ++i) {
    const std::int64_t extent = out.extent(axis);
    if (extent < 2) return slice_axis(out, axis, 0, 0);
    const Tensor later = slice_axis(out, axis, 1, extent - 1), earlier = slice_axis(out, axis, 0, extent - 1);
    out = out.dtype() == DType::boolean ? not_equal(later, earlier) : later - earlier;
  }
  return out;
}

Tensor trapezoid(const Tensor& y, double dx) {
  const Tensor v = detail::as_real(y);
  const std::int64_t n = v.extent(-1);
  if (n < 2) return sum(slice_axis(v, -1, 0, 0), {-1});
  return sum(slice_axis(v, -1, 1, n - 1) + slice_axis(v, -1, 0, n - 1), {-1}) * (0.5 * dx);
}

Tensor trapezoid(const Tensor& y, const Tensor& x) {
  const Tensor v = detail::as_real(y);
  const std::int64_t n = v.extent(-1);
  if (n < 2) return sum(slice_axis(v, -1, 0, 0), {-1});
  const Tensor heights = slice_axis(v, -1, 1, n - 1) + slice_axis(v, -1, 0, n - 1);
  return sum(heights * diff(detail::as_real(x)), {-1}) * 0.5;
}

}  // namespace dolab::tensor
