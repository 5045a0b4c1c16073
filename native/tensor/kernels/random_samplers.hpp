// Samplers that consume a variable number of words: one counter per element (engine page, section 6.4).
#pragma once

#include "base/philox.hpp"

namespace dolab::tensor {

/// Gamma(shape a, rate 1). NaN for a that is not positive.
double sample_gamma(PhiloxStream& stream, double a) noexcept;
/// Poisson(rate). NaN for a negative or NaN rate.
double sample_poisson(PhiloxStream& stream, double rate) noexcept;
/// Binomial(n, p). NaN for invalid n or p.
double sample_binomial(PhiloxStream& stream, double n, double p) noexcept;

}  // namespace dolab::tensor
