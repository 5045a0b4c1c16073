// Maps of supports that users do not name themselves.
#pragma once

#include "prob/transform.hpp"

namespace dolab::prob {

TransformPtr identity_of(const Constraint& set);
/// bound + sign * exp(u).
TransformPtr half_line_map(const Tensor& bound, int sign);
/// lower + (upper - lower) * clipped sigmoid(u); undefined bounds are -pi and pi.
TransformPtr interval_map(const Tensor& lower, const Tensor& upper);

}  // namespace dolab::prob
