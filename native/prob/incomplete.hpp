// Regularised incomplete gamma and beta functions of tensors, for cdfs.
#pragma once

#include "tensor/build.hpp"

namespace dolab::prob {

using tensor::Tensor;

/// P(a, x) for a > 0, x >= 0, and its complement Q. Absolute error below 1e-12 (a <= 1e5); differentiable in both.
Tensor gamma_lower(const Tensor& a, const Tensor& x);
Tensor gamma_upper(const Tensor& a, const Tensor& x);
/// I_x(a, b) with y = 1 - x given by the caller, who may know it better.
Tensor beta_lower(const Tensor& a, const Tensor& b, const Tensor& x, const Tensor& y);

}  // namespace dolab::prob
