// What a run of chains says about itself, in sentences.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dolab/error.hpp"
#include "infer/diagnose.hpp"
#include "infer/nuts.hpp"

namespace dolab::infer {

/// Facts about the chains; a reader of a stored run fills it from the stored statistics.
struct SamplerHealth {
  std::int64_t chains = 0;
  std::int64_t draws = 0;          // per chain
  std::int64_t divergences = 0;    // after warm-up, all chains
  std::int64_t saturated = 0;      // draws that reached the largest tree depth
  std::vector<double> e_bfmi;      // per chain
  std::vector<double> step_sizes;  // per chain
};

struct NamedSummary {
  std::string name;  // of the scalar, e.g. "theta[3]"
  Summary summary;
};

SamplerHealth sampler_health(const std::vector<ChainResult>& chains);

/// One W504 for each kind of finding: any divergence; more than 1% of the draws at the largest tree depth; E-BFMI below
/// 0.3; R-hat above 1.01; bulk or tail ESS below 100 per chain; log step sizes that differ between chains with a
/// standard deviation above 0.5. Quantities that do not vary (R-hat NaN) are passed over.
std::vector<Warning> sampler_warnings(const SamplerHealth& health, const std::vector<NamedSummary>& summaries);

}  // namespace dolab::infer
