// Small tensor helpers of this room: constants, stable logarithms, shapes.
#pragma once

#include <limits>
#include <optional>

#include "tensor/build.hpp"

namespace dolab::prob {

using tensor::Graph;
using tensor::Tensor;

inline constexpr double kPi = 3.14159265358979323846;
inline constexpr double kLogPi = 1.14472988584940017414;
inline constexpr double kLog2 = 0.69314718055994530942;
inline constexpr double kHalfLog2Pi = 0.91893853320467274178;
inline constexpr double kEulerGamma = 0.57721566490153286061;
inline constexpr double kInfinity = std::numeric_limits<double>::infinity();
inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
/// Bounds of clipped probabilities: smallest normal number and 1 - eps, as NumPyro in float64.
inline constexpr double kTiny = std::numeric_limits<double>::min();
inline constexpr double kOneMinusEps = 1.0 - std::numeric_limits<double>::epsilon();

Tensor as_real(const Tensor& t);
Tensor constant_scalar(const Tensor& like, double value);
/// min(max(t, low), high).
Tensor clip(const Tensor& t, double low, double high);
/// sigmoid clipped to [tiny, 1 - eps]: the map to the unit interval.
Tensor clipped_sigmoid(const Tensor& u);

/// max(t, 0): the argument of a cdf on the half line.
Tensor half_line_part(const Tensor& t);

/// u if t is exp(u), possibly reshaped, broadcast, sliced or gathered.
std::optional<Tensor> exp_argument(const Tensor& t);
/// u if t is sigmoid(u), clipped or not, possibly reshaped, broadcast, sliced or gathered.
std::optional<Tensor> sigmoid_argument(const Tensor& t);
/// log t, taking the argument when t is an exponential or a sigmoid.
Tensor log_of(const Tensor& t);
/// log(1 - t), stable when t is a sigmoid.
Tensor log1m_of(const Tensor& t);

/// lgamma(z + y) - lgamma(z) for z > 0, y >= 0, without cancellation for large z (Stirling difference above 30).
Tensor log_rising(const Tensor& z, const Tensor& y);
/// lgamma(z) - z log z + z for z > 0, without cancellation for large z (Stirling series above 30).
Tensor lgamma_rest(const Tensor& z);
/// log B(a, b) by `log_rising`.
Tensor log_beta(const Tensor& a, const Tensor& b);
/// log of n choose k, exact to rounding for n of 10^7 too.
Tensor log_choose(const Tensor& n, const Tensor& k);
/// Normal cdf.
Tensor normal_cdf(const Tensor& z);
/// Normal density, log.
Tensor normal_log_density(const Tensor& z);

/// Sums the `count` rightmost axes.
Tensor sum_rightmost(const Tensor& t, int count);
/// `t` with `count` axes of extent 1 behind.
Tensor append_axes(const Tensor& t, int count);
/// True where all of the `count` rightmost axes are true (booleans).
Tensor all_rightmost(const Tensor& t, int count);
/// t broadcast to `shape` unless it has it.
Tensor to_shape(const Tensor& t, const Shape& shape);
Shape concat_shapes(const Shape& a, const Shape& b);
/// The shape without its last `count` extents, and those; E407 if there are fewer.
Shape drop_last(const Shape& shape, int count);
Shape last_extents(const Shape& shape, int count);
/// t[..., index]: index of any shape into the last axis.
Tensor take_last(const Tensor& t, const Array& index);
/// Last axis from `start`, `count` elements.
Tensor slice_last(const Tensor& t, std::int64_t start, std::int64_t count);
/// L u for every vector of the batch: L (..., n, n), u (..., n).
Tensor apply_matrix(const Tensor& matrix, const Tensor& u);
/// w with L w = d for every vector of the batch: L (..., n, n) lower, d (..., n).
Tensor solve_lower(const Tensor& l, const Tensor& d);
/// arange(n) as a real constant.
Tensor real_range(Graph& graph, std::int64_t n, double start = 0.0, double step = 1.0);

/// True if t is known and all its elements satisfy the test.
template <class Test>
bool known_and_all(const Tensor& t, const Test& test) {
  if (!t.is_constant()) return false;
  const Array& values = t.value();
  for (std::int64_t i = 0; i < values.size(); ++i) {
    if (!test(values[i])) return false;
  }
  return true;
}

}  // namespace dolab::prob
