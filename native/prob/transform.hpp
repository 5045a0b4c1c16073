// Transforms as users write them; the same class as the maps of supports.
#pragma once

#include <string_view>
#include <vector>

#include "prob/bijection.hpp"

namespace dolab::prob {

using Transform = Bijection;
using TransformPtr = BijectionPtr;

TransformPtr identity_transform();
/// loc + scale * u; `domain` says which set is mapped (real unless given), and decides the codomain.
TransformPtr affine_transform(const Tensor& loc, const Tensor& scale, const Constraint& domain = Constraint{});
TransformPtr exp_transform(const Constraint& domain = Constraint{});
/// sigmoid(u) clipped to [tiny, 1 - eps].
TransformPtr sigmoid_transform();
TransformPtr softplus_transform();
/// u^exponent on the positive half line.
TransformPtr power_transform(const Tensor& exponent);
/// |u|; not injective: the inverse is the identity and the Jacobian is refused (E204).
TransformPtr abs_transform();
TransformPtr ordered_transform();
TransformPtr stick_breaking_transform();
TransformPtr l1_ball_transform();
/// u (n(n-1)/2) to the Cholesky factor (n, n) of a correlation matrix by tanh partial correlations.
TransformPtr corr_cholesky_transform();
TransformPtr lower_cholesky_transform();
TransformPtr softplus_lower_cholesky_transform();
TransformPtr scaled_unit_lower_cholesky_transform();
/// Matrix to its lower Cholesky factor, and correlation matrix to its factor.
TransformPtr cholesky_transform();
TransformPtr corr_matrix_cholesky_transform();
/// loc + scale_tril u.
TransformPtr lower_cholesky_affine(const Tensor& loc, const Tensor& scale_tril);
/// Cumulative probabilities to cutpoints: anchor + logit(cumsum(p)[:-1]).
TransformPtr simplex_to_ordered(const Tensor& anchor);
TransformPtr permute_transform(const std::vector<std::int64_t>& permutation);
TransformPtr reshape_transform(const Shape& forward_event, const Shape& inverse_event);
/// The reals, of event rank 1.
inline Constraint real_vector() { return Constraint(Constraint::Kind::real).independent(1); }

/// Applied in order.
TransformPtr compose_transform(const std::vector<TransformPtr>& parts);
/// `base` with `dims` more event dims, over which the log determinant is summed.
TransformPtr independent_transform(const TransformPtr& base, int dims);

}  // namespace dolab::prob
