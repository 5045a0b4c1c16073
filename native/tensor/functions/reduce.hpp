// Reductions, sorting and cumulative functions (jax.numpy, jax.nn). Empty `axes` means all axes.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "tensor/build.hpp"

namespace dolab::tensor {

using Axes = std::vector<std::int64_t>;

/// Largest and smallest entry; NaN wins; ties share the gradient evenly. Throws E407 on an empty extent.
Tensor amax(const Tensor& a, const Axes& axes = {}, bool keep = false);
Tensor amin(const Tensor& a, const Axes& axes = {}, bool keep = false);
Tensor peak_to_peak(const Tensor& a, const Axes& axes = {}, bool keep = false);
/// Product by a balanced tree: the gradient is right with zeros among the factors.
Tensor prod(const Tensor& a, const Axes& axes = {}, bool keep = false);
Tensor any(const Tensor& a, const Axes& axes = {}, bool keep = false);
Tensor all(const Tensor& a, const Axes& axes = {}, bool keep = false);
Tensor count_nonzero(const Tensor& a, const Axes& axes = {}, bool keep = false);
/// Mean squared deviation; the divisor is count - ddof.
Tensor variance(const Tensor& a, const Axes& axes = {}, double ddof = 0.0, bool keep = false);
Tensor standard_deviation(const Tensor& a, const Axes& axes = {}, double ddof = 0.0, bool keep = false);
/// Weighted mean; weights have the shape of `a`, or are 1-D along the only axis of `axes`.
Tensor average(const Tensor& a, const Tensor& weights, const Axes& axes = {}, bool keep = false);
/// Covariance matrix of the rows of `a` (one row per variable); correlation likewise.
Tensor covariance(const Tensor& a, double ddof = 1.0);
Tensor correlation(const Tensor& a);

/// Reductions over the entries where `where` (broadcast against `a`) holds.
Tensor sum_where(const Tensor& a, const Tensor& where, const Axes& axes = {}, bool keep = false);
Tensor mean_where(const Tensor& a, const Tensor& where, const Axes& axes = {}, bool keep = false);

/// NaN entries are left out.
Tensor nansum(const Tensor& a, const Axes& axes = {}, bool keep = false);
Tensor nanmean(const Tensor& a, const Axes& axes = {}, bool keep = false);
Tensor nanvariance(const Tensor& a, const Axes& axes = {}, double ddof = 0.0, bool keep = false);
Tensor nanmax(const Tensor& a, const Axes& axes = {}, bool keep = false);
Tensor nanmin(const Tensor& a, const Axes& axes = {}, bool keep = false);

/// Position of the first largest entry; of the flattened array if `axis` is absent.
Tensor argmax_over(const Tensor& a, std::optional<std::int64_t> axis, bool keep = false);
Tensor argmin_over(const Tensor& a, std::optional<std::int64_t> axis, bool keep = false);

// ---- order ---------------------------------------------------------------------------------------------------
/// Ascending, NaN last, stable; no axis: flattened. The gradient follows the permutation.
Tensor sort(const Tensor& a, std::optional<std::int64_t> axis = -1, bool descending = false);
Tensor argsort(const Tensor& a, std::optional<std::int64_t> axis = -1, bool descending = false);
/// Largest k along the last axis, in descending order, with their positions.
std::pair<Tensor, Tensor> top_k(const Tensor& a, std::int64_t k);
Tensor median(const Tensor& a, const Axes& axes = {}, bool keep = false);
/// Linear interpolation between order statistics; q is constant in [0, 1], its axes come first.
Tensor quantile(const Tensor& a, const Tensor& q, const Axes& axes = {}, bool keep = false);
/// Number of entries of sorted 1-D `sorted` that lie before each of `values` (not after, if `right`).
Tensor searchsorted(const Tensor& sorted, const Tensor& values, bool right = false);
/// np.digitize: for ascending edges the number of them at or below (below, if `right`) each value; for constant
/// descending ones the number above (at or above, if `right`).
Tensor digitize(const Tensor& values, const Tensor& edges, bool right = false);
/// Counts, or sums of `weights` (may be undefined), of the codes 0 .. length-1; other codes are dropped.
Tensor bincount(const Tensor& codes, const Tensor& weights, std::int64_t length);
/// Sums of `values` (n, rest...) by segment -> (segments, rest...); codes out of range are dropped.
Tensor segment_sum(const Tensor& values, const Tensor& codes, std::int64_t segments);

// ---- exponentials -----------------------------------------------------------------------------------------------
/// log(sum(b exp(a))); NaN where the sum is negative.
Tensor logsumexp_weighted(const Tensor& a, const Tensor& b, const Axes& axes = {}, bool keep = false);
struct SignedLog {
  Tensor log_abs, sign;
};
/// log|sum(b exp(a))| and the sign of the sum (`b` may be undefined: ones).
SignedLog logsumexp_signed(const Tensor& a, const Tensor& b, const Axes& axes = {}, bool keep = false);
Tensor softmax(const Tensor& a, const Axes& axes = {-1});
Tensor log_softmax_over(const Tensor& a, const Axes& axes);

// ---- along an axis -------------------------------------------------------------------------------------------------
/// No axis: flattened. `cumsum` of booleans counts.
Tensor cumsum_over(const Tensor& a, std::optional<std::int64_t> axis, bool reverse = false);
Tensor cumprod(const Tensor& a, std::optional<std::int64_t> axis, bool reverse = false);
Tensor cummax(const Tensor& a, std::int64_t axis = 0, bool reverse = false);
Tensor cummin(const Tensor& a, std::int64_t axis = 0, bool reverse = false);
Tensor cumlogsumexp(const Tensor& a, std::int64_t axis = 0, bool reverse = false);
Tensor diff(const Tensor& a, std::int64_t n = 1, std::int64_t axis = -1);
/// Trapezoidal rule along the last axis with step dx.
Tensor trapezoid(const Tensor& y, double dx = 1.0);
/// The same with abscissae x.
Tensor trapezoid(const Tensor& y, const Tensor& x);

}  // namespace dolab::tensor
