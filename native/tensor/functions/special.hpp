// Elementwise functions composed of the primitive ones (jax.numpy, jax.nn, jax.scipy.special, jax.scipy.stats.norm).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "tensor/build.hpp"

namespace dolab::tensor {

// ---- jax.numpy -------------------------------------------------------------------------------------------------
/// A bound may be undefined. The gradient is shared evenly at a tie, as in JAX.
Tensor clip(const Tensor& a, const Tensor& low, const Tensor& high);
Tensor log2(const Tensor& a);
Tensor log10(const Tensor& a);
Tensor exp2(const Tensor& a);
Tensor logaddexp2(const Tensor& a, const Tensor& b);
Tensor cbrt(const Tensor& a);
/// Scaled, so that squares neither overflow nor underflow; gradient 0 at the origin.
Tensor hypot(const Tensor& a, const Tensor& b);
/// sin(pi a)/(pi a), 1 at 0, differentiable there.
Tensor sinc(const Tensor& a);
Tensor deg2rad(const Tensor& a);
Tensor rad2deg(const Tensor& a);
/// a at and above 0 decides; `middle` at 0.
Tensor heaviside(const Tensor& a, const Tensor& middle);
/// NaN -> nan, inf -> positive, -inf -> negative (defaults: 0 and the largest finite number).
Tensor nan_to_num(const Tensor& a, double nan = 0.0, std::optional<double> positive = {},
                  std::optional<double> negative = {});
/// |a - b| <= atol + rtol |b|; equal infinities are close; NaN is close to NaN only if `equal_nan`.
Tensor isclose(const Tensor& a, const Tensor& b, double rtol = 1e-5, double atol = 1e-8, bool equal_nan = false);
Tensor logical_xor(const Tensor& a, const Tensor& b);
Tensor rsqrt(const Tensor& a);
/// a ** n for a static integer n by repeated multiplication (exact signs, integers stay integers); n < 0 gives the
/// reciprocal as a real number.
Tensor integer_power(const Tensor& a, std::int64_t n);
Tensor float_power(const Tensor& a, const Tensor& b);
/// Coefficients from the highest power down (np.polyval).
Tensor polyval(const Tensor& coefficients, const Tensor& x);
/// Piecewise linear interpolation at x through (xp, fp), xp ascending; constant outside.
Tensor interp(const Tensor& x, const Tensor& xp, const Tensor& fp);

// ---- jax.nn ------------------------------------------------------------------------------------------------------
Tensor relu(const Tensor& a);   // gradient 0 at 0
Tensor relu6(const Tensor& a);  // gradient 0 at 0 and 6
Tensor leaky_relu(const Tensor& a, double slope = 0.01);
Tensor elu(const Tensor& a, double alpha = 1.0);
Tensor celu(const Tensor& a, double alpha = 1.0);
Tensor selu(const Tensor& a);
Tensor gelu(const Tensor& a, bool approximate = true);  // tanh form if approximate
Tensor silu(const Tensor& a);
Tensor mish(const Tensor& a);
Tensor hard_tanh(const Tensor& a);
Tensor hard_sigmoid(const Tensor& a);
Tensor soft_sign(const Tensor& a);
Tensor squareplus(const Tensor& a, double b = 4.0);
/// First half of `axis` times the sigmoid of the second.
Tensor glu(const Tensor& a, std::int64_t axis = -1);
/// (a - mean)/sqrt(variance + epsilon) over `axes`.
Tensor standardize(const Tensor& a, const std::vector<std::int64_t>& axes = {-1}, double epsilon = 1e-5);

// ---- jax.scipy.special -------------------------------------------------------------------------------------------
Tensor expit(const Tensor& a);
/// log(p) - log(1 - p).
Tensor logit(const Tensor& p);
Tensor betaln(const Tensor& a, const Tensor& b);
/// log of the multivariate gamma function of order `d`.
Tensor multigammaln(const Tensor& a, std::int64_t d);
/// -x log x; 0 at 0, -inf below.
Tensor entr(const Tensor& x);
/// x log(x/y) - x + y, and x log(x/y).
Tensor kl_div(const Tensor& x, const Tensor& y);
Tensor rel_entr(const Tensor& x, const Tensor& y);
Tensor erfinv(const Tensor& y);
/// Normal distribution function, exact in both tails.
Tensor ndtr(const Tensor& a);
/// log of the factorial and of the binomial coefficient.
Tensor log_factorial(const Tensor& n);
Tensor log_binomial(const Tensor& n, const Tensor& k);

// ---- jax.scipy.stats.norm ----------------------------------------------------------------------------------------
Tensor normal_logpdf(const Tensor& x, const Tensor& loc, const Tensor& scale);
Tensor normal_pdf(const Tensor& x, const Tensor& loc, const Tensor& scale);
Tensor normal_cdf(const Tensor& x, const Tensor& loc, const Tensor& scale);
Tensor normal_logcdf(const Tensor& x, const Tensor& loc, const Tensor& scale);
Tensor normal_sf(const Tensor& x, const Tensor& loc, const Tensor& scale);
Tensor normal_logsf(const Tensor& x, const Tensor& loc, const Tensor& scale);
Tensor normal_ppf(const Tensor& q, const Tensor& loc, const Tensor& scale);

}  // namespace dolab::tensor
